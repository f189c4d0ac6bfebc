internal import HostdevModel
internal import Netlink

/// Compares the interfaces of a radio in a container with those that were attached.
struct RadioCheck {
    let record: InterfaceChange
    let radio: Radio

    func compare(
        with sockets: InterfaceSockets, _ differs: (_ what: String, _ expected: String, _ found: String) -> Void
    ) throws {
        // A radio that is elsewhere has been said with the interface that the document names.
        guard let radios = try RadioSocket.open(in: sockets.container), try radios.radio(radio.number) != nil else {
            return
        }
        let present = try radios.interfaces(of: radio.number)
        func found(_ record: InterfaceChange) -> WirelessInterface? {
            present.first { $0.id == record.wireless.first?.id }
        }
        if let mode = found(record)?.mode, let expected = record.wireless.first?.mode, mode != expected {
            differs("type", "\(expected)", "\(mode)")
        }
        for companion in record.companions {
            guard let mode = companion.wireless.first?.mode else { continue }
            let found = found(companion)
            if found?.mode != mode || found?.name != LinkName(companion.containerName) {
                differs(
                    "companion", "\(companion.containerName), \(mode)",
                    found.map { "\($0.name), \($0.mode)" } ?? "removed")
            }
        }
    }
}
