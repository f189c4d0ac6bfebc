internal import ByteStrings
internal import LinuxSystem

/// What stands under a name in a directory.
struct FoundEntry: CustomStringConvertible {
    let status: FileStatus
    /// Nil for what we never make: a regular file, a socket.
    let content: EntryContent?

    /// Nil where nothing is.
    init?(_ name: String, in directory: borrowing Directory) throws(SystemError) {
        guard let status = try directory.status(name) else { return nil }
        self.status = status
        content =
            switch status.kind {
            case .directory: .directory
            case .device(let device): .node(device)
            case .symbolicLink: .link(to: ByteString(try directory.linkText(name)))
            case .regular, .other: nil
            }
    }

    /// Whether it is the very entry that was made.
    func isStill(_ made: MadeEntry) -> Bool {
        status.identity == made.identity && (made.isPlaceholder ? isEmptyFile : content == made.content)
    }

    /// Whether it is what stands under the temporary name for a plan.
    func isStaged(for plan: EntryPlan) -> Bool {
        plan.isMount ? isEmptyFile : content == plan.content
    }

    private var isEmptyFile: Bool { status.kind == .regular && status.size == 0 }

    var description: String {
        content?.description ?? (status.kind == .regular ? "a regular file" : "a socket or a pipe")
    }
}
