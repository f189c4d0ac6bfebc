public import LinuxSystem
public import SystemPackage

/// The mapping of user or group ids of a user namespace to the host's: user_namespaces(7).
public struct IDMap: Hashable, Sendable {
    private struct Range: Hashable {
        let inside: UInt32
        let outside: UInt32
        let count: UInt32
    }

    private let ranges: [Range]

    /// Reads `/proc/PID/uid_map` or `gid_map`.
    public init(path: FilePath) throws(SystemError) {
        self.init(try readText(path))
    }

    /// Reads lines of three numbers: the first id inside, the first id outside, the count.
    init(_ text: String) {
        ranges = text.lines.compactMap { line in
            let numbers = line.fields.compactMap { UInt32($0) }
            return numbers.count == 3 ? Range(inside: numbers[0], outside: numbers[1], count: numbers[2]) : nil
        }
    }

    /// Whether all ids are the same inside and outside, as without a user namespace.
    public var isIdentity: Bool {
        ranges == [Range(inside: 0, outside: 0, count: .max)]
    }

    /// Returns whether an id of the host is mapped.
    public func has(outside id: UInt32) -> Bool { ranges.contains { id >= $0.outside && id - $0.outside < $0.count } }

    /// Returns the host's id of an id inside, or nil when that is not mapped.
    public func outside(_ id: UInt32) -> UInt32? {
        guard let range = ranges.first(where: { id >= $0.inside && id - $0.inside < $0.count }) else { return nil }
        // A reader in a sibling user namespace sees 4294967295, which is no id, for ids that it cannot see.
        let (outside, isBeyond) = range.outside.addingReportingOverflow(id - range.inside)
        return isBeyond || range.outside == .max ? nil : outside
    }
}
