internal import LinuxSystem
internal import SystemPackage

/// Returns the target of a link of sysfs. The kernel makes these links relative, in directories that are reached without links,
/// so that one readlink(2) tells what takes realpath(3) a call for each directory.
func linkedDirectory(_ link: FilePath) throws(SystemError) -> FilePath {
    link.removingLastComponent().pushing(FilePath(try readLink(link))).lexicallyNormalized()
}

/// Returns the properties in a device's `uevent`: `MAJOR`, `DEVNAME`, `DEVTYPE`. To read the file sends no uevent: sysfs(5).
func uevent(of directory: FilePath) throws(SystemError) -> [String: String] {
    var properties: [String: String] = [:]
    for line in try readText(directory.appending("uevent")).lines {
        if let (name, value) = line.halves(at: "=") { properties[String(name)] = String(value) }
    }
    return properties
}

/// Returns the text of an attribute. Returns nil when the device has no such attribute, when it is blank, or when the driver
/// reports an error; throws when that cannot be found out.
func attribute(_ file: FilePath) throws(SystemError) -> String? {
    do throws(SystemError) {
        let text = try readText(file)
        return text.trimmed.isEmpty ? nil : text
    } catch {
        guard !error.isShortage else { throw error }
        return nil
    }
}

/// Reads sysfs in a look-up of what `sought` names. Returns nil when a file is not there or goes away meanwhile; throws
/// `kernel` when that cannot be found out.
func reading<Value>(
    _ sought: String, _ body: () throws(SystemError) -> Value
) throws(NodeDeviceError) -> Value? {
    do throws(SystemError) {
        return try ifThere(body)
    } catch {
        throw NodeDeviceError(.kernel, sought, error.description)
    }
}
