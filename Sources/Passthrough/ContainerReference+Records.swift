internal import Containers
internal import HostdevModel

// What a reference says of a container that has died: there is nothing left that it could lead to but a record.
extension ContainerReference {
    /// What stands in every record that may be meant.
    var signs: [String] {
        engine == "pid" ? [description, "process='\(name)'"] : [description]
    }

    /// Whether it meant that container while that lived: its name without the engine, or its process.
    func meant(_ container: ContainerIdentity) -> Bool {
        switch engine {
        case nil: (try? ContainerReference(container.reference))?.name == name
        case "pid": container.process.map { String($0.id) } == name
        default: false
        }
    }
}
