import XMLTree

/// How a container may use a node: what `<readonly/>`, `<shareable/>` and `<permissions/>` of a hostdev say.
struct NodeAccess {
    let isReadOnly: Bool
    let isShareable: Bool
    let permissions: NodePermissions

    init(reading hostdev: XMLElement, with reader: inout DocumentReader) {
        isReadOnly = reader.flag("readonly", of: hostdev)
        isShareable = reader.flag("shareable", of: hostdev)
        permissions = NodePermissions(reading: hostdev, with: &reader)
    }
}

extension NodePermissions {
    fileprivate init(reading hostdev: XMLElement, with reader: inout DocumentReader) {
        self.init()
        guard let element = reader.child("permissions", of: hostdev) else { return }
        reader.checkNames(in: element, Vocabulary(attributes: ["mode", "uid", "gid"]))
        let mode: UInt16? = reader.number("mode", of: element, .octal, in: 0...0o777)
        let uid: UInt32? = reader.number("uid", of: element, .decimal, in: 0...(.max - 1))
        let gid: UInt32? = reader.number("gid", of: element, .decimal, in: 0...(.max - 1))
        if let permissions = try? NodePermissions(mode: mode, uid: uid, gid: gid) { self = permissions }
    }
}
