internal import CLinux
internal import Glibc
public import SystemPackage

/// Changes the mounts of the calling thread's mount namespace: `mount(2)`, `umount2(2)`.
public enum Mount {
    /// Makes a mount and all mounts below private: mount_namespaces(7).
    public static func makePrivate(_ path: FilePath) throws(SystemError) {
        try mount(nil, on: path, type: nil, flags: UInt(MS_REC | MS_PRIVATE), data: nil)
    }

    /// Mounts a new file system of a type, `tmpfs` or `sysfs`.
    public static func fileSystem(_ type: String, on path: FilePath, options: String? = nil) throws(SystemError) {
        try mount(type, on: path, type: type, flags: 0, data: options)
    }

    /// Makes a file system that is attached nowhere, so that no other process sees it, and that ends with its descriptor:
    /// `fsopen(2)`, `fsmount(2)`, Linux 5.2.
    public static func detached(_ type: String) throws(SystemError) -> Directory {
        let context = try Descriptor.returned(kernelCall { unsafe linux_fsopen(type) }, "fsopen", type)
        guard kernelCall({ linux_fsconfig_create(context.file.rawValue) }) == 0 else { throw .last("fsconfig", type) }
        let mount = try Descriptor.returned(kernelCall { linux_fsmount(context.file.rawValue) }, "fsmount", type)
        return Directory(owning: mount, name: FilePath("a detached \(type)"))
    }

    /// Makes a bind mount of an entry that is attached nowhere: `open_tree(2)`, Linux 5.2. Before Linux 6.15 the error is
    /// EINVAL unless the directory's own mount is attached in the calling thread's mount namespace.
    public static func clone(_ entry: String, in directory: borrowing Directory) throws(SystemError) -> Descriptor {
        let raw = directory.descriptor.file.rawValue
        return try .returned(
            kernelCall { unsafe linux_open_tree_clone(raw, entry) }, "open_tree", directory.name.appending(entry).string
        )
    }

    /// Attaches a mount to an entry of a directory: `move_mount(2)`, Linux 5.2. The error is EINVAL when the directory is not
    /// in the calling thread's mount namespace.
    public static func attach(
        _ tree: borrowing Descriptor, on entry: String, in directory: borrowing Directory
    ) throws(SystemError) {
        let raw = directory.descriptor.file.rawValue
        guard kernelCall({ unsafe linux_move_mount(tree.file.rawValue, raw, entry) }) == 0 else {
            throw .last("move_mount", directory.name.appending(entry).string)
        }
    }

    /// Detaches the topmost mount at an entry of a directory. It changes the calling thread's working directory, so the thread
    /// has to have one of its own: ``Namespace/enter()``.
    public static func detach(_ entry: String, in directory: borrowing Directory) throws(SystemError) {
        guard kernelCall({ fchdir(directory.descriptor.file.rawValue) }) == 0 else {
            throw .last("chdir", directory.name.string)
        }
        // A name and not a path, so that nothing that is swapped meanwhile leads elsewhere.
        try detach(FilePath(entry))
    }

    /// Bind-mounts the file of a descriptor, such as a namespace, on a path.
    public static func bind(_ descriptor: FileDescriptor, on path: FilePath) throws(SystemError) {
        try mount("/proc/thread-self/fd/\(descriptor.rawValue)", on: path, type: nil, flags: UInt(MS_BIND), data: nil)
    }

    /// Detaches the topmost mount at a path. Processes that use it keep it until they are done: MNT_DETACH.
    public static func detach(_ path: FilePath) throws(SystemError) {
        let result = unsafe path.withPlatformString { path in
            kernelCall { unsafe umount2(path, CInt(MNT_DETACH | UMOUNT_NOFOLLOW)) }
        }
        guard result == 0 else { throw .last("umount", path.string) }
    }

    private static func mount(
        _ source: String?, on path: FilePath, type: String?, flags: UInt, data: String?
    ) throws(SystemError) {
        let result = unsafe path.withPlatformString { target in
            unsafe withOptionalCString(source) { source in
                unsafe withOptionalCString(type) { type in
                    unsafe withOptionalCString(data) { data in
                        kernelCall { unsafe Glibc.mount(source, target, type, flags, data) }
                    }
                }
            }
        }
        guard result == 0 else { throw .last("mount \(source ?? "")", path.string) }
    }

    private static func withOptionalCString<R>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> R) -> R {
        if let text { unsafe text.withCString { unsafe body($0) } } else { body(nil) }
    }
}
