internal import Passthrough

/// One attachment, as `list` and others print it.
struct AttachmentDocument: Encodable {
    struct Source: Encodable {
        var name: String
        var mac: String?
        var address: String?
        var wwid: String?
    }

    struct Target: Encodable {
        struct Node: Encodable {
            let path: String
            let type: String
            let major: UInt32
            let minor: UInt32
        }

        var name: String?
        var ifindex: Int32?
        var address: String?
        var nodes: [Node]?
    }

    let id: String
    let container: String
    let state: String
    let type: String
    let source: Source
    let target: Target
    let access: String?
    let alias: String?
    let since: String?

    init(_ attachment: Attachment) {
        id = attachment.id
        container = attachment.container
        state = attachment.state.rawValue
        alias = attachment.alias
        let isConfigured = attachment.state == .configured
        since = isConfigured ? nil : timestamp(attachment.since)
        switch attachment.device {
        case .interface(let interface):
            type = "net"
            source = Source(name: interface.hostName, mac: interface.hardwareAddress)
            target = Target(
                name: interface.containerName, ifindex: isConfigured ? nil : interface.containerIndex)
            access = nil
        case .unit(let unit):
            type = attachment.type
            source = Source(name: unit.name, address: unit.address, wwid: unit.wwid)
            target = Target(
                address: unit.targetAddress,
                nodes: unit.nodes.map {
                    Target.Node(
                        path: $0.path, type: $0.isBlock ? "block" : "char", major: $0.major, minor: $0.minor)
                })
            access = unit.isReadOnly ? "r" : "rw"
        }
    }
}
