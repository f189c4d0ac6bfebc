import XMLTree

/// The owner, group and mode of a device node in the container.
public struct NodePermissions: Hashable, Sendable {
    /// The permission bits, 0 to 0o777, or nil to use those of the host's node.
    public let mode: UInt16?
    /// The user id of the owner as seen in the container, or nil for the container's root.
    public let uid: UInt32?
    /// The group id as seen in the container, or nil to use the group of the host's node.
    public let gid: UInt32?

    /// Creates the default: mode and group of the host's node, owned by the container's root.
    public init() {
        mode = nil
        uid = nil
        gid = nil
    }

    /// Creates permissions. The id 4,294,967,295 is not allowed: the kernel uses it for "no id".
    ///
    /// - Throws: ``InvalidValue`` if the mode or an id is out of range.
    public init(mode: UInt16?, uid: UInt32? = nil, gid: UInt32? = nil) throws(InvalidValue) {
        if let mode, mode > 0o777 {
            throw InvalidValue(String(mode, radix: 8), isNot: "a mode", expected: "0 to 0777")
        }
        for id in [uid, gid] where id == .max {
            throw InvalidValue("\(UInt32.max)", isNot: "a user or group id", expected: "0 to 4294967294")
        }
        self.mode = mode
        self.uid = uid
        self.gid = gid
    }
}

/// The contents of the elements `<readonly/>`, `<shareable/>` and `<permissions/>` of a hostdev.
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
        reader.checkNames(in: element, AllowedNames(attributes: ["mode", "uid", "gid"]))
        let mode: UInt16? = reader.number("mode", of: element, .octal, in: 0...0o777)
        let uid: UInt32? = reader.number("uid", of: element, .decimal, in: 0...(.max - 1))
        let gid: UInt32? = reader.number("gid", of: element, .decimal, in: 0...(.max - 1))
        if let permissions = try? NodePermissions(mode: mode, uid: uid, gid: gid) { self = permissions }
    }
}

extension HostdevWriter {
    mutating func write(_ permissions: NodePermissions) {
        guard permissions != NodePermissions() else { return }
        if dialect == .libvirt { unsupported("permissions") }
        var attributes: [XMLAttribute] = []
        if let mode = permissions.mode { attributes.append(XMLAttribute("mode", octal(mode, digits: 4))) }
        if let uid = permissions.uid { attributes.append(XMLAttribute("uid", String(uid))) }
        if let gid = permissions.gid { attributes.append(XMLAttribute("gid", String(gid))) }
        add(XMLNode("permissions", attributes))
    }
}
