internal import CLinux
internal import Glibc
public import LinuxSystem
internal import SystemPackage

extension DeviceControlGroups {
    /// Asks the kernel whether a process in these groups may do what a rule allows, whatever filters devices there. Needs
    /// Linux 5.8: `faccessat2(2)`.
    ///
    /// A child process joins the groups for some 50 µs and tries; no device is opened. (The kernel takes 10 ms for the first
    /// joining after a while.) Instead of a cgroup2 group that takes no processes, the child joins one below it. Where one of
    /// the two groups is nil the child stays in the caller's.
    ///
    /// - Returns: nil when the kernel cannot be asked, since a group is frozen or none takes the child.
    /// - Throws: `groupGone`, `notPermitted`, `kernel`.
    public func permits(_ rule: DeviceRule) throws(DeviceAccessError) -> Bool? {
        let attempt = "ask whether \(rule) is allowed"
        let groups = [v1, v2].compactMap { $0?.directory }
        let isFrozen = try attempting(attempt) { () throws(SystemError) in
            for group in groups where try Self.isFrozen(group) { return true }
            return false
        }
        guard !isFrozen else { return nil }
        // In a file system that nobody else can see.
        let directory = try attempting(attempt) { () throws(SystemError) in try Mount.detached("tmpfs") }
        let node = try attempting(attempt) { () throws(SystemError) in
            try directory.makeNode("node", rule.device)
            return try directory.pin("node")
        }
        return try ask(rule, of: node, in: directory, v2: v2?.directory, attempt)
    }

    private func ask(
        _ rule: DeviceRule, of node: borrowing Descriptor, in directory: borrowing Directory, v2: FilePath?,
        _ attempt: String
    ) throws(DeviceAccessError) -> Bool? {
        let answer = try attemptingInGroup(attempt) { () throws(SystemError) in
            try Self.answer(rule, of: node, in: directory, v1: v1?.directory, v2: v2)
        }
        guard answer > 0 else { return answer == 0 ? true : nil }
        let code = Errno(rawValue: answer & ~linux_NOT_JOINED)
        guard answer & linux_NOT_JOINED != 0 else {
            if code == .notPermitted || code == .permissionDenied { return false }
            throw DeviceAccessError(SystemError(code, "use", "a node of \(rule.device)"), attempt)
        }
        // A group that delegates controllers to the groups below takes no processes, and neither does a threaded group.
        guard let v2, code == .resourceBusy || code == .notSupportedOnSocket else {
            throw .ofGroup(SystemError(code, "join", "\([v1?.directory, v2].compactMap { $0 })"), attempt)
        }
        let children = try attemptingInGroup(attempt) { () throws(SystemError) in try childGroups(of: v2) }
        for child in children {
            if let answer = try ask(rule, of: node, in: directory, v2: child, attempt) { return answer }
        }
        return nil
    }

    /// Returns the child's exit status, or -1 when it was killed.
    private static func answer(
        _ rule: DeviceRule, of node: borrowing Descriptor, in directory: borrowing Directory, v1: FilePath?,
        v2: FilePath?
    ) throws(SystemError) -> CInt {
        let v1 = try processList(v1)
        let v2 = try processList(v2)
        let mode = (rule.access.contains(.read) ? R_OK : 0) | (rule.access.contains(.write) ? W_OK : 0)
        var pidfd: CInt = -1
        let (listV1, listV2) = (raw(v1), raw(v2))
        let child = kernelCall {
            unsafe linux_try_access(
                listV1, listV2, node.file.rawValue, mode,
                rule.access.contains(.makeNode) ? directory.descriptor.file.rawValue : -1,
                rule.device.kind == .block ? linux_S_IFBLK : linux_S_IFCHR, dev_t(rule.device.raw), &pidfd)
        }
        guard child > 0 else { throw SystemError(Errno(rawValue: Glibc.errno), "clone", "a child process") }
        let descriptor = Descriptor(owning: FileDescriptor(rawValue: pidfd))
        // The group may be frozen before the child has answered.
        if try !ends(descriptor, within: 2_000) {
            _ = linux_pidfd_kill(pidfd)
            guard try ends(descriptor, within: 2_000) else { return -1 }
        }
        var result: CInt = 0
        var status: CInt = -1
        let failure = kernelCall {
            status = unsafe linux_wait(pidfd, &result)
            return result
        }
        guard failure == 0 else { throw SystemError(Errno(rawValue: Glibc.errno), "wait for", "a child process") }
        return status
    }

    /// Opens the file of a group through which a process joins it.
    private static func processList(_ group: FilePath?) throws(SystemError) -> Descriptor? {
        guard let group else { return nil }
        return try Descriptor.open(group.appending("cgroup.procs"), .writeOnly)
    }

    private static func raw(_ descriptor: borrowing Descriptor?) -> CInt {
        switch descriptor {
        case .some(let descriptor): descriptor.file.rawValue
        case nil: -1
        }
    }

    private static func ends(
        _ process: borrowing Descriptor, within milliseconds: CInt
    ) throws(SystemError) -> Bool {
        var poll = pollfd(fd: process.file.rawValue, events: Int16(POLLIN), revents: 0)
        let count = kernelCall { unsafe Glibc.poll(&poll, 1, milliseconds) }
        guard count >= 0 else { throw SystemError(Errno(rawValue: Glibc.errno), "wait for", "a child process") }
        return count == 1
    }

    /// Returns whether a group's processes are stopped: by the freezer of cgroup2, or that of version 1 where it is mounted
    /// together with `devices`.
    private static func isFrozen(_ group: FilePath) throws(SystemError) -> Bool {
        func text(_ file: String) throws(SystemError) -> String {
            try ifThere { () throws(SystemError) in try readText(group.appending(file)) } ?? ""
        }
        let (events, state, wanted) = (try text("cgroup.events"), try text("freezer.state"), try text("cgroup.freeze"))
        return events.contains("frozen 1") || wanted.hasPrefix("1") || state.hasPrefix("FR")
    }
}
