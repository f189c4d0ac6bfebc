internal import Netlink
internal import SystemPackage

extension InterfaceRestoration {
    /// Restores the routes that are missing, and removes those that the kernel makes by itself and that had been removed.
    func restoreRoutes(on host: borrowing NetlinkSocket) throws {
        for hop in snapshot.configuration.nextHops {
            attempt { try host.restore(hop.moved(from: snapshot.link.index, to: index)) }
        }
        let saved = snapshot.configuration.routes.map { $0.moved(from: snapshot.link.index, to: index) }
        let wanted = Set(saved.map(\.identity))
        let present = try host.routes(through: index)
        // Without a carrier the kernel has not made all of its IPv6 routes: one that was not there may be new.
        for route in present where route.isKernels && (!route.isIPv6 || snapshot.link.flags.contains(.carrier)) {
            if !wanted.contains(route.identity) { attempt { try host.remove(route) } }
        }
        let there = Set(present.map(\.identity))
        let missing = snapshot.configuration.routes.filter {
            !$0.isKernels && !isLearnt($0) && !there.contains($0.moved(from: snapshot.link.index, to: index).identity)
        }.compactMap { $0.aged(by: age) }
        let refused = host.restoreRoutes(missing.filter { !$0.isMultipath }, from: snapshot.link.index, to: index)
        for failure in refused { attempt { throw failure } }
        let shared = missing.filter(\.isMultipath)
        var rests = try routesThroughOthers(of: shared, on: host)
        for route in shared { attempt { try restoreShared(route, &rests, on: host) } }
    }

    /// What others have of routes that lead through several interfaces, by the number of each that is there, and by what a
    /// route says but for its hops. Each is asked once, however many routes it shares.
    private func routesThroughOthers(
        of routes: [RouteRecord], on host: borrowing NetlinkSocket
    ) throws -> [Int32: [KernelMessage: RouteRecord]] {
        var rests: [Int32: [KernelMessage: RouteRecord]] = [:]
        for other in Set(routes.flatMap(\.linkIndexes).map(Int32.init(bitPattern:))) where other != snapshot.link.index
        {
            guard try host.link(other) != nil else { continue }
            let present = try host.routes(through: other).map { ($0.identityWithoutHops, $0) }
            rests[other] = Dictionary(present, uniquingKeysWith: { first, _ in first })
        }
        return rests
    }

    /// A route with hops through several interfaces. Of an IPv6 one the kernel has kept the other hops: it is replaced as a
    /// whole, so that its hops are in their order again. An interface that is away too brings its own hops.
    private func restoreShared(
        _ route: RouteRecord, _ rests: inout [Int32: [KernelMessage: RouteRecord]], on host: borrowing NetlinkSocket
    ) throws {
        let key = route.identityWithoutHops
        let others = Set(route.linkIndexes.map(Int32.init(bitPattern:))).filter { rests[$0] != nil }
        var rest: RouteRecord?
        for other in others { rest = rests[other]?.removeValue(forKey: key) ?? rest }
        let isOurs = { $0 == self.snapshot.link.index }
        let isRest = rest.map { Set($0.linkIndexes).isSubset(of: route.linkIndexes) } ?? true
        let wanted = route.keepingHops { isOurs($0) || (isRest && others.contains($0)) }
        try host.restore(wanted, from: snapshot.link.index, to: index, replacing: rest != nil && isRest)
    }

    /// Whether the kernel learnt a route from a router (RTPROT_RA) and does so again when the interface goes up. Put back
    /// by us it would be somebody else's for the kernel, which then takes no advice from that router at all. With
    /// accept_ra off, a program learnt it.
    private func isLearnt(_ route: RouteRecord) -> Bool { route.proto == 9 && snapshot.link.asksRouters }
}

extension Link {
    /// Whether the kernel listens to routers: accept_ra, which forwarding switches off but for a value of 2.
    fileprivate var asksRouters: Bool {
        let settings = Dictionary(
            ipv6Settings.compactMap { setting in setting.file.map { ($0, setting.text) } }, uniquingKeysWith: { $1 })
        return settings["accept_ra"] == "2" || (settings["accept_ra"] == "1" && settings["forwarding"] == "0")
    }
}

extension RouteRecord {
    /// Whether the kernel makes it by itself for an address (RTPROT_KERNEL).
    var isKernels: Bool { proto == 2 }
    var isIPv6: Bool { family == 10 }
}

extension NetlinkSocket {
    /// Puts routes back in an order in which their gateways can be reached: those that the kernel refuses wait for the
    /// others, as long as any gets through. What it refuses in the end comes back.
    func restoreRoutes(_ routes: [RouteRecord], from old: Int32, to new: Int32) -> [NetlinkError] {
        var waiting = routes
        while true {
            var refused: [RouteRecord] = []
            var failures: [NetlinkError] = []
            for route in waiting {
                do throws(NetlinkError) {
                    try restore(route, from: old, to: new)
                } catch {
                    guard error.code != .fileExists else { continue }
                    refused.append(route)
                    failures.append(error)
                }
            }
            if refused.count == waiting.count { return failures }
            waiting = refused
        }
    }
}
