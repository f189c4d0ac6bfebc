internal import Containers
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

/// OpenVZ's vzctl(8), as it is asked to change a container.
///
/// What it says is never believed: in particular, on a kernel that is not OpenVZ's, vzctl 4 exits with 0 when an interface
/// could not be moved, and saves its name all the same.
struct VZCtl {
    /// The container's id.
    let id: String

    /// How `--dry-run` and messages call a run.
    func command(_ options: [String]) -> String { (["vzctl"] + arguments(options)).joined(separator: " ") }

    private func arguments(_ options: [String]) -> [String] { ["set", id] + options }

    /// Runs `vzctl set ID OPTIONS` once, and returns what it wrote when it says that it has worked.
    ///
    /// - Throws: `busy` when somebody has its lock, for which it does not wait: then it has done nothing.
    func set(_ options: [String]) throws -> String {
        let end: ProgramResult
        do throws(SystemError) {
            stopPoint()
            end = try runProgram("vzctl", arguments(options))
            stopPoint()
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            throw PassthroughError(
                .notSupported, "there is no vzctl on PATH",
                hint: Hint(.withoutVZCtl))
        }
        guard end.status == 0 else { throw failure(options, end) }
        return end.output.trimmed
    }

    private static let locked: Int32 = 9

    /// The exit statuses of vzctl(8) that its `set` has for what is asked here.
    private func failure(_ options: [String], _ end: ProgramResult) -> PassthroughError {
        let (code, reason): (PassthroughError.Code, String) =
            switch end.status {
            case Self.locked: (.busy, "somebody else works on the container")
            case 14: (.noSuchContainer, "it has no conf of the container")
            case 20, 21: (.notSupported, "it does not take these arguments")
            case 31: (.noSuchContainer, "the container does not run")
            case 79: (.kernel, "one of its scripts failed")
            case 86: (.kernel, "it could not set device rules")
            case 104: (.kernel, "it could not move an interface")
            case 139: (.kernel, "it could not save the conf")
            default: (.kernel, "")
            }
        let said = [reason, end.output.trimmed].filter { !$0.isEmpty }.joined(separator: ": ")
        return PassthroughError(code, "\(command(options)) failed with status \(end.status): \(said)")
    }
}

extension VZCtl {
    /// What gives a container a device.
    static func adding(_ entry: ConfiguredEntry) -> [String] {
        switch entry.place {
        case "NETDEV": ["--netdev_add", entry.text]
        case "PCI": ["--pci_add", entry.text]
        default: ["--\(entry.place.lowercased())", entry.text]
        }
    }

    /// What takes it away.
    static func removing(_ entry: ConfiguredEntry) -> [String] {
        switch entry.place {
        case "NETDEV": ["--netdev_del", entry.text]
        case "PCI": ["--pci_del", entry.text]
        default: ["--\(entry.place.lowercased())", "\(entry.key):none"]
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        split(separator: "\n").map { $0.trimmingPrefix { $0.isWhitespace } }.filter { !$0.isEmpty }.joined(
            separator: "; ")
    }
}
