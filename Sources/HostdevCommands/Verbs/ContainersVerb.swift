internal import ArgumentParser
internal import Containers
internal import Passthrough

/// `hostdev containers`.
struct ContainersVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "containers",
        abstract: "Lists the running containers of all engines, and what prevents attaching devices to them.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let backend = try common.backend()
        let running = Containers.running()
        for problem in running.problems { writeError("hostdev: \(problem)") }
        let containers = running.containers.map { ($0, obstacles: backend.obstacles(to: $0)) }
        try common.output.output.print(ContainersDocument(containers)) {
            table(
                ["CONTAINER", "ENGINE", "PID", "USERNS", "CGROUP", "OBSTACLES"],
                containers.map { container, obstacles in
                    [
                        container.reference.description, container.reference.engine ?? "-",
                        container.process.map(String.init) ?? "-", container.hasUserNamespace ? "yes" : "no",
                        container.group ?? "-",
                        obstacles.isEmpty
                            ? "-" : obstacles.map { "\($0.property): \($0.found)" }.joined(separator: "; "),
                    ]
                })
        }
    }
}

struct ContainersDocument: Encodable {
    struct Entry: Encodable {
        let reference: String
        let engine: String
        let name: String
        let pid: Int32?
        let userns: Bool
        let cgroup: String?
        let obstacles: [FindingsDocument.Entry]
    }

    let containers: [Entry]

    init(_ containers: [(container: ContainerSummary, obstacles: [Finding])]) {
        self.containers = containers.map { container, obstacles in
            Entry(
                reference: container.reference.description, engine: container.reference.engine ?? "",
                name: container.reference.name, pid: container.process, userns: container.hasUserNamespace,
                cgroup: container.group, obstacles: FindingsDocument(obstacles).findings)
        }
    }
}
