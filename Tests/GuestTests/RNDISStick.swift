import Glibc
import SystemPackage
import TestHost

/// A Wi-Fi stick without any hardware: the USB device that the driver `rndis_wlan` expects, plugged into the kernel over
/// USB/IP (Documentation/usb/usbip_protocol.rst). This driver lets its radio into no other network namespace.
final class RNDISStick {
    /// The name of its interface, which is in the machine's first network namespace.
    let name: String
    private let device: RNDISDevice
    private let thread: pthread_t

    /// Plugs it in and waits for its interface.
    init() throws {
        try sh("modprobe -r mac80211_hwsim; modprobe vhci-hcd; modprobe rndis_wlan")
        var ends: [CInt] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0 else { throw Failure() }
        let device = RNDISDevice(on: FileDescriptor(rawValue: ends[0]))
        self.device = device
        thread = Self.start(device)
        // The port, the kernel's end by its number in this process, an id, and USB_SPEED_FULL.
        let port = try FileDescriptor.open(FilePath("/sys/devices/platform/vhci_hcd.0/attach"), .writeOnly)
        try port.closeAfter { _ = try port.writeAll("0 \(ends[1]) 65538 2".utf8) }
        close(ends[1])
        let folder = "/sys/class/net/*/device/driver/module"
        name = try sh(
            "until ls -d \(folder)/drivers/usb:rndis_wlan 2>/dev/null | cut -d/ -f5 | grep .; do sleep 0.1; done"
        ).split(separator: "\n").map(String.init)[0]
    }

    /// Unplugs it.
    func end() {
        device.unplug()
        pthread_join(thread, nil)
    }

    private static func start(_ device: RNDISDevice) -> pthread_t {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(device).toOpaque()
        let result = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<RNDISDevice>.fromOpaque(context).takeRetainedValue().serve()
                return nil
            }, context)
        precondition(result == 0)
        return thread
    }

    private struct Failure: Error {}
}

/// What answers the kernel's requests to the stick, on a thread of its own.
final class RNDISDevice: Sendable {
    private let socket: FileDescriptor

    init(on socket: FileDescriptor) {
        self.socket = socket
    }

    func unplug() { shutdown(socket.rawValue, CInt(SHUT_RDWR)) }

    /// Answers until the kernel or ``unplug()`` ends the connection.
    func serve() {
        var answer: [UInt8] = []
        while let header = read(48) {
            let words = stride(from: 0, to: 48, by: 4).map { place in
                header[place..<place + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            }
            let (command, number, isIn, endpoint) = (words[0], words[1], words[3] == 1, words[4])
            if command == 2 {  // USBIP_CMD_UNLINK of a request that waits: -ECONNRESET
                reply([4, number, 0, 0, 0, UInt32(bitPattern: -104), 0, 0, 0, 0, 0, 0], [])
                continue
            }
            let size = Int(words[6])
            let data = isIn ? [] : read(size) ?? []
            // Nothing ever arrives over the air: a request for packets waits until it is taken back.
            if isIn, endpoint != 0 { continue }
            var sent: [UInt8] = []
            var status: Int32 = 0
            if endpoint == 0 {
                switch (header[40], header[41]) {
                case (0x21, 0): answer = Self.answer(to: data)  // SEND_ENCAPSULATED_COMMAND
                case (0xa1, 1): sent = answer  // GET_ENCAPSULATED_RESPONSE
                case (0x80, 6) where header[43] == 1: sent = Self.descriptor
                case (0x80, 6) where header[43] == 2: sent = Self.configuration
                case (0x80, 6): status = -32  // EPIPE: none of that kind
                default: sent = isIn ? [0, 0] : []
                }
            }
            sent = Array(sent.prefix(size))
            let length = isIn ? sent.count : data.count
            reply([3, number, 0, 0, 0, UInt32(bitPattern: status), UInt32(length), 0, 0, 0, 0, 0], sent)
        }
        try? socket.close()
    }

    private func read(_ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var part = [UInt8](repeating: 0, count: count - bytes.count)
            guard let read = try? unsafe part.withUnsafeMutableBytes({ try unsafe socket.read(into: $0) }), read > 0
            else { return nil }
            bytes += part.prefix(read)
        }
        return bytes
    }

    private func reply(_ words: [UInt32], _ data: [UInt8]) {
        let header = words.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
        _ = try? socket.writeAll(header + data)
    }

    /// The answer to a command of RNDIS (linux/rndis.h): numbers of four bytes, the lowest first.
    private static func answer(to command: [UInt8]) -> [UInt8] {
        func number(_ index: Int) -> UInt32 {
            command.dropFirst(4 * index).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        func bytes(_ numbers: UInt32...) -> [UInt8] {
            numbers.flatMap { number in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) } }
        }
        let done = number(0) | 0x8000_0000
        switch number(0) {
        case 2: return bytes(done, 52, number(2), 0, 1, 0, 1, 0, 1, 2_048, 0, 0, 0)  // INIT
        case 4:  // QUERY
            let found: [UInt8]? =
                switch number(3) {
                case 0x0001_0202: bytes(1)  // the physical medium: wireless
                case 0x0101_0101: [2, 0, 0, 0, 5, 5]  // the permanent address
                case 0x0101_0104: bytes(32)  // how many multicast addresses it can listen to
                default: nil
                }
            guard let found else { return bytes(done, 24, number(2), 0xc000_00bb, 0, 0) }  // NOT_SUPPORTED
            return bytes(done, 24 + UInt32(found.count), number(2), 0, UInt32(found.count), 16) + found
        default: return bytes(done, 16, number(2), 0)
        }
    }

    private static let descriptor: [UInt8] = [
        0x12, 1, 0, 2, 2, 0, 0, 64, 0x11, 0x04, 0xbc, 0x00, 0, 0, 0, 0, 0, 1,
    ]

    // A control interface with one interrupt endpoint, and a data interface with one for each direction.
    private static let configuration: [UInt8] = [
        9, 2, 67, 0, 2, 1, 0, 0xc0, 50,
        9, 4, 0, 0, 1, 2, 2, 0xff, 0, 5, 0x24, 0, 0x10, 1, 5, 0x24, 1, 0, 1, 4, 0x24, 2, 0, 5, 0x24, 6, 0, 1,
        7, 5, 0x81, 3, 16, 0, 32,
        9, 4, 1, 0, 2, 10, 0, 0, 0, 7, 5, 0x82, 2, 64, 0, 0, 7, 5, 2, 2, 64, 0, 0,
    ]
}
