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
