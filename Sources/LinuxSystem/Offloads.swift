internal import CLinux
internal import Glibc

/// Returns the offload features that an interface of the calling thread's network namespace has enabled, in libvirt's words,
/// which are those of ethtool(8). Needs no privilege. Empty when they cannot be read, since nothing depends on them.
///
/// SIOCETHTOOL with one command for each: linux/ethtool.h.
public func offloads(of interface: String) -> [String] {
    let (ETHTOOL_GRXCSUM, ETHTOOL_GTXCSUM, ETHTOOL_GSG) = (UInt32(0x14), UInt32(0x16), UInt32(0x18))
    let (ETHTOOL_GTSO, ETHTOOL_GGSO, ETHTOOL_GGRO) = (UInt32(0x1e), UInt32(0x23), UInt32(0x2b))
    let commands = [
        ("rx", ETHTOOL_GRXCSUM), ("tx", ETHTOOL_GTXCSUM), ("sg", ETHTOOL_GSG), ("tso", ETHTOOL_GTSO),
        ("gso", ETHTOOL_GGSO), ("gro", ETHTOOL_GGRO),
    ]
    // The ETH_FLAG_ bits of ETHTOOL_GFLAGS.
    let ETHTOOL_GFLAGS: UInt32 = 0x25
    let flags: [(String, UInt32)] = [
        ("lro", 1 << 15), ("rxvlan", 1 << 8), ("txvlan", 1 << 7), ("ntuple", 1 << 27), ("rxhash", 1 << 28),
    ]
    let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return [] }
    defer { close(socket) }
    func answer(_ command: UInt32) -> UInt32 { unsafe linux_ethtool(socket, interface, command) }
    let bits = answer(ETHTOOL_GFLAGS)
    return commands.filter { answer($0.1) != 0 }.map(\.0) + flags.filter { bits & $0.1 != 0 }.map(\.0)
}
