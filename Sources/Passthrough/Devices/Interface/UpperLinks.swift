internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// The interfaces that sit on others, in all network namespaces within reach: the host's, those with a process, those that
/// are mounted, and those that the host's knows by number. They are looked for once, however many interfaces are attached.
struct UpperLinks {
    /// One of them.
    struct Upper {
        let link: Link
        /// Where it is; nil for the host's network namespace.
        let place: Place?
        /// Where the interface is that it sits on; nil for the host's network namespace.
        let lowerNamespace: FileIdentity?
    }

    /// A network namespace other than the host's.
    final class Place {
        let id: FileIdentity
        /// The namespace; nil for one that is known to the host by its number only.
        private let held: Held?

        private final class Held {
            let namespace: Namespace
            init(_ namespace: borrowing Namespace) throws { self.namespace = try namespace.duplicate() }
        }

        init(_ namespace: borrowing Namespace) throws {
            id = namespace.identity
            held = try Held(namespace)
        }

        init(number: Int32) {
            id = FileIdentity(number: number)
            held = nil
        }

        /// Runs a body there. Returns nil if nothing leads there.
        func visit<Value>(_ body: (borrowing NetlinkSocket) throws -> Value) throws -> Value? {
            try held?.namespace.visit { try body(NetlinkSocket()) }
        }
    }

    private(set) var uppers: [Upper] = []
    /// The network namespaces that could not be inspected, each with the reason.
    private(set) var unseen: [Unseen] = []

    /// A network namespace that could not be inspected.
    struct Unseen: CustomStringConvertible {
        let description: String
        /// Whether it is closed to this program for good. Else another attempt may find it open.
        let isForbidden: Bool

        init(_ place: String, _ error: any Error) {
            let code = (error as? SystemError)?.code ?? (error as? NetlinkError)?.code
            description = "\(place): \(code.map { "\($0)" } ?? "\(error)")"
            isForbidden = code == .permissionDenied || code == .notPermitted
        }
    }

    /// None, as for what is looked at again.
    static var none: UpperLinks { UpperLinks() }
    private init() {}

    /// Looks for them from the calling thread's network namespace, which is the host's.
    init(on host: borrowing NetlinkSocket, _ hostNamespace: borrowing Namespace) throws {
        uppers = try NetlinkSocket.upperLinks().filter { $0.lowerNamespace == nil }.map {
            Upper(link: $0, place: nil, lowerNamespace: nil)
        }
        var numbers = Set(try host.nsids())
        let home = try host.nsid(of: hostNamespace)
        if let home { numbers.remove(home) }
        var unseen: [Unseen] = []
        try forEachNetworkNamespace(hidden: false) { path, reason in
            unseen.append(Unseen(path.string, reason))
        } _: { namespace in
            guard namespace.identity != hostNamespace.identity else { return false }
            if !numbers.isEmpty, let number = try host.nsid(of: namespace) { numbers.remove(number) }
            do {
                uppers += try Self.uppers(in: namespace, hostNamespace)
            } catch {
                unseen.append(Unseen("network namespace \(namespace.identity)", error))
            }
            return false
        }
        for number in numbers.sorted() {
            do {
                let place = Place(number: number)
                let links = try host.links(inNamespace: number).filter(\.isUpper)
                // The host gives itself a number when it says what is below one of them.
                let home = links.isEmpty ? nil : try home ?? host.nsid(of: hostNamespace)
                uppers += links.filter { $0.lowerNamespace != nil && $0.lowerNamespace == home }.map {
                    Upper(link: $0, place: place, lowerNamespace: nil)
                }
            } catch {
                unseen.append(Unseen("network namespace number \(number)", error))
            }
        }
        self.unseen = unseen
    }

    private static func uppers(
        in namespace: borrowing Namespace, _ hostNamespace: borrowing Namespace
    ) throws -> [Upper] {
        let (links, home) = try namespace.visit { () throws -> ([Link], Int32?) in
            let links = try NetlinkSocket.upperLinks()
            // The kernel gives the host's a number there when it says that something sits on one of its interfaces.
            guard links.contains(where: { $0.lowerNamespace != nil }) else { return (links, nil) }
            return (links, try NetlinkSocket().nsid(of: hostNamespace))
        }
        guard !links.isEmpty else { return [] }
        let place = try Place(namespace)
        return links.compactMap { link in
            if link.lowerNamespace == nil { return Upper(link: link, place: place, lowerNamespace: place.id) }
            return link.lowerNamespace == home ? Upper(link: link, place: place, lowerNamespace: nil) : nil
        }
    }

    /// Those on an interface in a network namespace; nil for the host's.
    func on(_ index: Int32, in namespace: FileIdentity?) -> [Upper] {
        uppers.filter {
            $0.lowerNamespace == namespace && $0.link.sits(on: index, inNamespace: $0.link.lowerNamespace)
        }
    }
}

extension FileIdentity {
    /// Stands for a network namespace of which nothing but the number is known by which the host's knows it. Files are on no
    /// device 0.
    init(number: Int32) { self.init(device: 0, inode: UInt64(UInt32(bitPattern: number))) }
}
