public import LinuxSystem
public import SystemPackage

/// How the user or group ids of a user namespace map to the host's: user_namespaces(7).
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

    /// Lines of three numbers: first id inside, first id outside, how many.
    init(_ text: String) {
        ranges = text.lines.compactMap { line in
            let numbers = line.fields.compactMap { UInt32($0) }
            return numbers.count == 3 ? Range(inside: numbers[0], outside: numbers[1], count: numbers[2]) : nil
        }
    }

    /// Whether ids inside are the host's ids: no user namespace of its own, as far as files go.
    public var isIdentity: Bool {
        ranges == [Range(inside: 0, outside: 0, count: .max)]
    }

    /// Whether an id of the host's is one that it has.
    public func has(outside id: UInt32) -> Bool { ranges.contains { id >= $0.outside && id - $0.outside < $0.count } }

    /// The host's id of an id inside; nil for one that is not mapped.
    public func outside(_ id: UInt32) -> UInt32? {
        guard let range = ranges.first(where: { id >= $0.inside && id - $0.inside < $0.count }) else { return nil }
        // To whom has no such ids either, as in a user namespace beside it, the kernel says 4294967295, which is none.
        let (outside, isBeyond) = range.outside.addingReportingOverflow(id - range.inside)
        return isBeyond || range.outside == .max ? nil : outside
    }
}
