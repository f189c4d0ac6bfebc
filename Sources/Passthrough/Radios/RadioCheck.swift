internal import HostdevModel
internal import Netlink

/// Compares the interfaces of a radio in a container with those that were attached.
struct RadioCheck {
    let record: InterfaceRecord
    let wireless: InterfaceRecord.Wireless

    func compare(
        with sockets: InterfaceSockets, _ differs: (_ what: String, _ expected: String, _ found: String) -> Void
    ) throws {
        // A radio that is elsewhere has been said with the interface that the document names.
        guard let radios = try RadioSocket.open(in: sockets.container),
            try radios.radio(wireless.radio) != nil
        else { return }
        let present = try radios.interfaces(of: wireless.radio)
        func interface(_ wireless: InterfaceRecord.Wireless) -> WirelessInterface? {
            present.first { $0.id == wireless.id }
        }
        if let mode = interface(wireless)?.mode, mode != wireless.mode {
            differs("type", "\(wireless.mode)", "\(mode)")
        }
        for companion in record.companions {
            guard let expected = companion.wireless else { continue }
            let found = interface(expected)
            if found?.mode != expected.mode || found?.name.description != companion.containerName {
                differs(
                    "companion", "\(companion.containerName), \(expected.mode)",
                    found.map { "\($0.name), \($0.mode)" } ?? "removed")
            }
        }
    }
}
