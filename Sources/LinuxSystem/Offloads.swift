internal import CLinux
internal import Glibc

/// What the hardware of an interface does by itself, in the words of libvirt: those of ethtool(8).
///
/// SIOCETHTOOL with one command for each, `linux/ethtool.h`: the interfaces are those of this thread's network namespace,
/// and nobody needs a privilege to ask.
public func offloads(of interface: String) -> [String] {
    // ETHTOOL_GRXCSUM, GTXCSUM, GSG, GTSO, GGSO, GGRO.
    let commands: [(String, UInt32)] = [
        ("rx", 0x14), ("tx", 0x16), ("sg", 0x18), ("tso", 0x1e), ("gso", 0x23), ("gro", 0x2b),
    ]
    // Bits of what ETHTOOL_GFLAGS answers: ETH_FLAG_*.
    let flags: [(String, UInt32)] = [
        ("lro", 1 << 15), ("rxvlan", 1 << 8), ("txvlan", 1 << 7), ("ntuple", 1 << 27), ("rxhash", 1 << 28),
    ]
    // Nothing is decided by it: what cannot be asked is not said.
    let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return [] }
    defer { close(socket) }
    func answer(_ command: UInt32) -> UInt32 { unsafe linux_ethtool(socket, interface, command) }
    let bits = answer(0x25)
    return commands.filter { answer($0.1) != 0 }.map(\.0) + flags.filter { bits & $0.1 != 0 }.map(\.0)
}
