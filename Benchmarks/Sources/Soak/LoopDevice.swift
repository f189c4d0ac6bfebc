import CNamespaces
import Glibc
import Synchronization

/// A block device that holds nothing, and goes and comes: loop(4). It is the machine's, with a node in its `/dev`.
final class LoopDevice: SoakUnit {
    /// Far from those that anybody uses.
    static let numbers = 7_700..<7_712

    let number: Int
    private let present = Mutex(false)

    init(_ number: Int) {
        self.number = number
    }

    private var name: String { "loop\(number)" }
    private var path: String { "/dev/\(name)" }
    let type = "storage"
    var source: String { "dev='\(path)'" }
    var option: [String] { ["--storage", path] }
    var announcement: String { "/sys/block/\(name)/uevent" }

    func isMeant(by attached: Attached) -> Bool { attached.source.name == name }

    var isPresent: Bool { present.withLock { $0 } }

    func plugIn() -> Bool {
        present.withLock { present in
            guard !present, Self.control({ add_loop_device($0, CInt(number)) }) >= 0 || errno == EEXIST else {
                return false
            }
            present = true
            return true
        }
    }

    func unplug() -> Bool {
        present.withLock { present in
            guard present, Self.control({ remove_loop_device($0, CInt(number)) }) >= 0 else { return false }
            present = false
            return true
        }
    }

    /// Takes away what any run has left.
    static func removeAll() {
        for number in numbers { _ = control { remove_loop_device($0, CInt(number)) } }
    }

    private static func control(_ request: (CInt) -> CInt) -> CInt {
        let control = open("/dev/loop-control", O_RDWR | O_CLOEXEC)
        guard control >= 0 else { return -1 }
        defer { close(control) }
        return request(control)
    }
}
