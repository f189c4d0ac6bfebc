internal import CLinux
public import SystemPackage

/// The value of an extended attribute of a file, as text: xattr(7). Nil where it has none of that name, or none at all.
///
/// `trusted.` attributes are for CAP_SYS_ADMIN.
public func extendedAttribute(_ name: String, of path: FilePath) throws(SystemError) -> String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe path.withPlatformString { path in
        kernelCall { unsafe getxattr(path, name, &bytes, bytes.count) }
    }
    guard count >= 0 else {
        let error = SystemError.last("read \(name) of", path.string)
        if error.code == .noData || error.code == .notSupported { return nil }
        throw error
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
}
