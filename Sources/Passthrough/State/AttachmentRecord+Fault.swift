internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import Netlink

extension AttachmentRecord {
    /// What in it cannot be, so that nothing of it can be relied on; nil when there is nothing. A record that was damaged, or
    /// copied, may still be well-formed.
    func fault(in file: String) -> String? {
        if id != file { return "it is the record of another attachment, \(id)" }
        if !Journal.isID(transaction) { return "it has a wrong transaction" }
        if (try? ContainerReference(container.reference)) == nil { return "it has a wrong container" }
        switch change {
        case .interface(let interface): return interface.hasFault ? "it has a wrong interface" : nil
        case .nodes(let nodes):
            if !StateDirectory.isLockName(nodes.lock) { return "it has a wrong lock" }
            if nodes.grants.contains(where: { RuleChange($0) == nil }) { return "it has a wrong rule" }
            return nodes.entries.contains { !$0.path.hasPrefix("/") } ? "it has a wrong path" : nil
        }
    }
}

extension InterfaceRecord {
    /// Interfaces have numbers from 1 on; number 0 would make the kernel look for another one, by its name.
    fileprivate var hasFault: Bool {
        containerIndex < 1 || (link?.index ?? 0) < 1 || (children + companions).contains(where: \.hasFault)
    }
}
