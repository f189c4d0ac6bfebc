/// All engines together.
public enum Containers {
    static let engines: [any ContainerEngine] = [PIDEngine(), NetNSEngine()]

    /// Pins the container of a reference; a bare name is looked for in every engine.
    public static func container(_ reference: ContainerReference) throws(ContainerError) -> Container {
        if let name = reference.engine {
            guard let engine = engines.first(where: { $0.name == name }) else {
                let known = engines.map(\.name).joined(separator: ", ")
                throw ContainerError(
                    .noSuchContainer, "container \(reference): no engine '\(name)'; known are \(known)")
            }
            return try engine.container(reference.name)
        }
        let matches = try running().filter { $0.reference.name == reference.name }
        guard let match = matches.first else {
            throw ContainerError(.noSuchContainer, "no engine has a running container '\(reference)'")
        }
        guard matches.count == 1 else {
            let candidates = matches.map(\.reference.description).joined(separator: ", ")
            throw ContainerError(.ambiguous, "several containers are called '\(reference)': \(candidates)")
        }
        return try container(match.reference)
    }

    /// The running containers of all engines.
    public static func running() throws(ContainerError) -> [ContainerSummary] {
        var all: [ContainerSummary] = []
        for engine in engines { all += try engine.running() }
        return all
    }
}
