internal import ByteStrings
internal import Containers
internal import HostdevModel
internal import Passthrough

/// A device as a container's configuration has it.
struct ConfiguredEntry: Hashable {
    /// Under which name the configuration has it: `NETDEV`, `lxc.mount.entry`.
    let place: String
    /// What it says there.
    let text: String
    /// What tells the device from the others there.
    let key: String
    /// What a document says of it. Nil for what is not understood, or has no form there: it stays as it is.
    let hostdev: Hostdev?
    /// The interface's name, the node's path below `/dev`, the function's address.
    let name: String
    /// The host's node. Interfaces and functions have none.
    let node: String?
    /// The interface's name or the node's path in the container. Nil: it gets none of that.
    let target: String?

    /// Whether it is an interface, also one that has no form in a document.
    var isInterface: Bool { hostdev?.isInterface ?? (node == nil && target != nil) }

    /// Whether they stand in one place with the same bytes.
    static func == (one: ConfiguredEntry, other: ConfiguredEntry) -> Bool { one.bytes == other.bytes }

    func hash(into hasher: inout Hasher) {
        hasher.combine(bytes)
    }

    private var bytes: [ByteString] { [place, key, text].map { ByteString($0) } }

    /// What `list` calls it, and `--id` takes.
    func id(in container: ContainerReference) -> String { "\(container.name)-\(place)-\(key)" }
}
