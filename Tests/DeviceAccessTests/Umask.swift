import Glibc

/// Runs a body with a umask, which threads of one file system context share: clone(2), CLONE_FS.
func withUmask(_ mask: UInt32, _ body: () throws -> Void) rethrows {
    let before = umask(mask)
    defer { umask(before) }
    try body()
}
