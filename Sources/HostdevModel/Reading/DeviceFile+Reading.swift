import XMLTree

extension DeviceFile {
    /// Reads a hostdev of `type='misc'` or `type='storage'`.
    init?(reading hostdev: XMLElement, _ source: XMLElement?, _ form: DeviceForm, with reader: inout DocumentReader) {
        let access = NodeAccess(reading: hostdev, with: &reader)
        var path: DevicePath?
        if let target = reader.child("target", of: hostdev) {
            reader.checkNames(in: target, Vocabulary(attributes: ["dev"]))
            path = reader.requiredValue("dev", of: target)
        }
        guard let source, let found = reader.devicePath(source, form) else { return nil }
        self.init(
            source: found, target: path, isReadOnly: access.isReadOnly, isShareable: access.isShareable,
            permissions: access.permissions)
    }
}

extension DocumentReader {
    fileprivate mutating func devicePath(_ source: XMLElement, _ form: DeviceForm) -> DevicePath? {
        if form.dialect == .libvirt {
            let name = form.type == .misc ? "char" : "block"
            checkNames(in: source, Vocabulary(children: [name]))
            return requiredValue(inside: name, of: source)
        }
        checkNames(in: source, Vocabulary(attributes: ["name", "dev"]))
        switch (source["name"], source["dev"]) {
        case (.some, nil):
            let name: NameBelowDev? = value("name", of: source)
            return name?.path
        case (nil, .some): return value("dev", of: source)
        default:
            missing("<source> of a device node needs one of name= and dev=", at: source)
            return nil
        }
    }
}

/// The path of a node relative to `/dev`: `ttyUSB0`, `snd/timer`.
private struct NameBelowDev: TextValue {
    let path: DevicePath

    init(_ text: some StringProtocol) throws(InvalidValue) {
        do {
            path = try DevicePath("/dev/" + text)
        } catch {
            throw InvalidValue(
                text, isNot: "a device below /dev",
                allowed: "is a relative path without '.', '..', '//' and control characters, such as ttyUSB0; "
                    + "dev= takes an absolute one")
        }
    }
}
