internal import LinuxSystem
internal import SystemPackage

/// Where a link of sysfs leads. The kernel makes them relative and from folders to which no other link leads, so one
/// readlink(2) says what realpath(3) would ask of every folder on the way.
func linkedDirectory(_ link: FilePath) throws(SystemError) -> FilePath {
    link.removingLastComponent().pushing(FilePath(try readLink(link))).lexicallyNormalized()
}

/// What a device's `uevent` says: `MAJOR`, `DEVNAME`, `DEVTYPE`. Reading it announces nothing: sysfs(5).
func uevent(of directory: FilePath) throws(SystemError) -> [String: String] {
    var properties: [String: String] = [:]
    for line in try readText(directory.appending("uevent")).lines {
        if let (name, value) = line.halves(at: "=") { properties[String(name)] = String(value) }
    }
    return properties
}

/// The text of an attribute. Returns nil when the device has no such attribute, when it is blank, or when the driver answers
/// with an error; throws when that could not be found out.
func attribute(_ file: FilePath) throws(SystemError) -> String? {
    do throws(SystemError) {
        let text = try readText(file)
        return text.trimmed.isEmpty ? nil : text
    } catch {
        guard !error.isShortage else { throw error }
        return nil
    }
}

/// Reads sysfs for what `sought` says. Returns nil when what is read is not there, or goes away meanwhile; throws when that
/// could not be found out.
func reading<Value>(
    _ sought: String, _ body: () throws(SystemError) -> Value
) throws(NodeDeviceError) -> Value? {
    do throws(SystemError) {
        return try ifThere(body)
    } catch {
        throw NodeDeviceError(.kernel, sought, error.description)
    }
}
