internal import LinuxSystem
internal import SystemPackage

/// Where a link of sysfs leads. The kernel makes them relative and from folders to which no other link leads, so one
/// readlink(2) says what realpath(3) would ask of every folder on the way.
func linkedDirectory(_ link: FilePath) throws(SystemError) -> FilePath {
    link.removingLastComponent().pushing(FilePath(try readLink(link))).lexicallyNormalized()
}
