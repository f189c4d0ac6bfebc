internal import ArgumentParser
internal import Containers
internal import Passthrough

/// `hostdev containers`.
struct ContainersVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "containers", abstract: "Lists the running containers of all engines.")

    @OptionGroup var output: OutputOptions

    func run() throws {
        let running = Containers.running()
        for problem in running.problems { writeError("hostdev: \(problem)") }
        let containers = running.containers
        try output.output.print(ContainersDocument(containers)) {
            table(
                ["CONTAINER", "ENGINE", "PID", "USERNS", "CGROUP"],
                containers.map {
                    [
                        $0.reference.description, $0.reference.engine ?? "-", $0.process.map(String.init) ?? "-",
                        $0.hasUserNamespace ? "yes" : "no",
                        $0.group ?? "-",
                    ]
                })
        }
    }
}
