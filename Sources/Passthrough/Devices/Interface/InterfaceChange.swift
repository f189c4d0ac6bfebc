internal import LinuxSystem
internal import Netlink
internal import XMLTree

/// What an attach changed for an interface: where it is in the container, and what it was on the host.
struct InterfaceChange: Hashable, Sendable {
    /// Its number in the container's network namespace.
    var containerIndex: Int32
    /// Its name in the container.
    var containerName: String
    /// The host's network namespace, where it belongs.
    var home: FileIdentity
    /// When it was looked at there, in milliseconds after boot (CLOCK_BOOTTIME): lifetimes in messages count from then.
    var lookedAt: Int64 = 0
    /// What the kernel said of it on the host, message for message: itself first, then what it carried.
    var messages: [Message]
    /// Settings that the kernel keeps in files.
    var settings: [Setting] = []
    /// What sits on top of it, such as VLANs: they stay where they are, under the number and the name that are here. The home
    /// of one that is not on the host is the network namespace in which it is.
    var upperLinks: [InterfaceChange] = []
    /// Whether what sits on top of it was looked for in all network namespaces, else on the host only.
    var knowsUpperLinks = false
    /// Whether its device has left the host, and with it the interface the container.
    var isAway = false
    /// The directories of sysfs that a container of OpenVZ 7's is shown for it, from the top.
    var sysfsDirectories: [String] = []

    /// The interface as it was on the host.
    var link: Link? { messages.first { $0.subject == .link }.map { Link($0.kernel) } }

    /// The addresses that it had on the host.
    var addresses: [AddressRecord] { messages.filter { $0.subject == .address }.map { AddressRecord($0.kernel) } }

    /// A message of rtnetlink(7), or of nl80211 (linux/nl80211.h).
    struct Message: Hashable, Sendable {
        /// What the message is about.
        enum Subject: String, Hashable, Sendable, CaseIterable {
            case link, master, vlans, address, nexthop, route, neighbour, qdisc, tclass, filter
            /// What ethtool(8) sets: linux/ethtool_netlink.h.
            case ethtool
            /// The radio of a Wi-Fi interface, and the interface on it: nl80211.
            case radio, wireless
        }

        /// What the message is about.
        var subject: Subject
        /// The message. The type of one of nl80211, which the kernel numbers anew each time it starts, is 0.
        var kernel: KernelMessage
        /// The same for people.
        var about: String
    }

    /// A setting in a file of the interface's below `/proc/sys/net`.
    struct Setting: Hashable, Sendable {
        /// The kind of settings: `ipv4/neigh`.
        var directory: String
        /// The file.
        var name: String
        /// What it said.
        var value: String
    }
}

extension InterfaceChange: RecordPayload {
    static let tag = "interface"

    var element: XMLNode { element(Self.tag) }

    func element(_ name: String) -> XMLNode {
        var element = XMLNode(name)
        element.add("index", String(containerIndex))
        element.add("name", containerName)
        element.add("home", home.description)
        element.add("looked-at", String(lookedAt))
        if isAway { element.add("away", "yes") }
        if knowsUpperLinks { element.add("upper-links", "all") }
        element.children = messages.map(\.element) + settings.map(\.element) + upperLinks.map(\.element)
        element.children += sysfsDirectories.map { directory in
            var element = XMLNode("shown")
            element.add("folder", directory)
            return element
        }
        return element
    }

    init(_ element: RecordElement) throws(RecordError) {
        containerIndex = try element.number("index")
        containerName = try element.text("name")
        home = try element.file("home")
        lookedAt = try element.number("looked-at")
        knowsUpperLinks = element.has("upper-links")
        isAway = element.has("away")
        messages = []
        for child in element.children {
            switch child.name {
            case "setting": settings.append(try Setting(child))
            case "interface": upperLinks.append(try InterfaceChange(child))
            case "shown": sysfsDirectories.append(try child.text("folder"))
            case "companion": continue  // of a radio
            default: messages.append(try Message(child))
            }
        }
        // Interfaces have numbers from 1 on; number 0 would make the kernel look for another one, by its name.
        guard containerIndex > 0, link?.index ?? 0 > 0 else { throw element.error("has a wrong number") }
    }
}

extension InterfaceChange.Message {
    fileprivate var element: XMLNode {
        var element = XMLNode(subject.rawValue, text: Self.digits(kernel.bytes))
        element.add("about", about)
        element.add("type", String(kernel.type))
        return element
    }

    /// Bytes as hexadecimal digits, in one go: there is a kilobyte of them for each interface.
    private static func digits(_ bytes: [UInt8]) -> String {
        let table = Array("0123456789abcdef".utf8)
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            digits.append(table[Int(byte >> 4)])
            digits.append(table[Int(byte & 15)])
        }
        return String(decoding: digits, as: UTF8.self)
    }

    fileprivate init(_ element: RecordElement) throws(RecordError) {
        guard let subject = Subject(rawValue: element.name) else { throw element.error("is not known") }
        self.init(
            subject: subject, kernel: KernelMessage(type: try element.number("type"), bytes: try element.bytes()),
            about: try element.text("about"))
    }
}

extension InterfaceChange.Setting {
    fileprivate var element: XMLNode {
        var element = XMLNode("setting")
        element.add("folder", directory)
        element.add("name", name)
        element.add("value", value)
        return element
    }

    fileprivate init(_ element: RecordElement) throws(RecordError) {
        self.init(
            directory: try element.text("folder"), name: try element.text("name"), value: try element.text("value"))
    }
}
