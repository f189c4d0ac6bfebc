internal import CNetlink

// What has a time to live keeps counting while its interface is away.

extension AddressRecord {
    /// The address with what is left of its lifetimes after some seconds more. Nil when its time is over.
    public func aged(by seconds: UInt32) -> AddressRecord? {
        // struct ifa_cacheinfo: preferred and valid, in seconds from the moment of the answer, all ones for ever.
        guard let place = message.attributes(after: ifaddrmsg.self)[IFA_CACHEINFO]?.value.startIndex else {
            return self
        }
        let preferred = message.header(at: place, as: UInt32.self)
        let valid = message.header(at: place + 4, as: UInt32.self)
        guard valid == .max || valid > seconds else { return nil }
        var copy = self
        if preferred != .max { copy.message.set(preferred - min(preferred, seconds), at: place) }
        if valid != .max { copy.message.set(valid - seconds, at: place + 4) }
        return copy
    }
}

extension RouteRecord {
    /// How many seconds the kernel keeps it from the moment of the answer, rounded up. Nil for ever.
    public var lifetime: UInt32? {
        // struct rta_cacheinfo: expires is the third number, in hundredths of a second (USER_HZ).
        guard let value = attributes[RTA_CACHEINFO]?.value, value.count >= 12 else { return nil }
        let expires = Int32(littleEndianBytes: value.dropFirst(8))
        return expires == 0 ? nil : (UInt32(max(0, expires)) + 99) / 100
    }

    /// The route with what is left of its lifetime after some seconds more. Nil when its time is over.
    ///
    /// The kernel says a lifetime in one attribute and takes it in another.
    public func aged(by seconds: UInt32) -> RouteRecord? {
        guard let lifetime else { return self }
        guard lifetime > seconds else { return nil }
        var copy = self
        copy.message.removeAttribute(Int(RTA_CACHEINFO.rawValue), after: rtmsg.self)
        copy.message.addAttribute(Int(RTA_EXPIRES.rawValue), lifetime - seconds)
        return copy
    }
}
