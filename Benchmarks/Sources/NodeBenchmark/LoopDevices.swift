import CNamespaces
import Glibc

/// Block devices that hold nothing, of which a machine can have any number: loop(4). They are the machine's, with nodes in
/// its `/dev`, so they are taken away again.
enum LoopDevices {
    /// Far from those that anybody uses.
    static let numbers = 7_800..<7_900

    static var paths: [String] { numbers.map { "/dev/loop\($0)" } }

    static func make() {
        each { control, number in
            // One may be left of a run that was killed.
            guard add_loop_device(control, number) >= 0 || errno == EEXIST else {
                fatalError("loop device \(number) cannot be made: \(errno)")
            }
        }
    }

    static func remove() {
        each { control, number in _ = remove_loop_device(control, number) }
    }

    private static func each(_ body: (_ control: CInt, _ number: CInt) -> Void) {
        let control = open("/dev/loop-control", O_RDWR | O_CLOEXEC)
        guard control >= 0 else { fatalError("there are no loop devices: \(errno)") }
        defer { close(control) }
        for number in numbers { body(control, CInt(number)) }
    }
}
