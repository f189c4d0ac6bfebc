internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// An LXC container's `config`, lxc.container.conf(5), with the content of the files that it includes. Only the file itself can
/// be changed.
public struct LXCConfig: ConfigurationText {
    /// A setting in the file or in one that it includes.
    public struct Setting: Hashable, Sendable {
        /// The full key: `lxc.net.0.link`.
        public let key: String
        /// The value, without blanks and quotes around it.
        public let value: String
        /// The included file that contains it. Nil for the container's own.
        public let file: String?
    }

    /// The whole file.
    public internal(set) var bytes: [UInt8]
    /// The settings of included files, by the value of `lxc.include`.
    private let included: [ByteString: [Setting]]

    /// Reads a configuration from bytes, without the files that it includes.
    public init(bytes: [UInt8]) { self.init(bytes: bytes, included: [:]) }

    private init(bytes: [UInt8], included: [ByteString: [Setting]]) {
        self.bytes = bytes
        self.included = included
    }

    /// All settings in effect, without those that an empty value discards.
    public var settings: [Setting] {
        var settings: [Setting] = []
        for line in LXCLine.lines(bytes) {
            let setting = Setting(key: line.key, value: line.value, file: nil)
            for setting in line.key == "lxc.include" ? included[ByteString(line.value)] ?? [] : [setting] {
                if setting.value.isEmpty {
                    settings.removeAll {
                        $0.key == setting.key || ByteString($0.key).hasPrefix(ByteString(setting.key + "."))
                    }
                } else {
                    settings.append(setting)
                }
            }
        }
        return settings
    }
}

extension LXCConfig {
    /// Reads a configuration and all files that it includes.
    init(_ path: FilePath) throws(SystemError) {
        let bytes = try readConfiguration(path)
        var included: [ByteString: [Setting]] = [:]
        for line in LXCLine.lines(bytes) where line.key == "lxc.include" && !line.value.isEmpty {
            included[ByteString(line.value)] = try Self.settings(including: line.value, depth: 0)
        }
        self.init(bytes: bytes, included: included)
    }

    /// Returns the settings of an included file, or of all files in an included directory that end with `.conf`. Files that
    /// include each other are an error; LXC itself would read them forever.
    private static func settings(including text: String, depth: Int) throws(SystemError) -> [Setting] {
        guard depth < 16 else { throw SystemError(.tooManySymbolicLinkLevels, "include", text) }
        let path = FilePath(ByteString(text))
        if let names = try? directoryEntries(path) {
            var all: [Setting] = []
            for name in names where name.hasSuffix(".conf") && name.utf8.count > 5 {
                all += try settings(of: path.appending(name), depth: depth)
            }
            return all
        }
        // A directory may be missing, a file may not.
        if text.hasSuffix("/") { return [] }
        return try settings(of: path, depth: depth)
    }

    private static func settings(of path: FilePath, depth: Int) throws(SystemError) -> [Setting] {
        var settings: [Setting] = []
        for line in LXCLine.lines(try readConfiguration(path)) {
            if line.key == "lxc.include" {
                settings += try Self.settings(including: line.value, depth: depth + 1)
            } else {
                settings.append(Setting(key: line.key, value: line.value, file: path.string))
            }
        }
        return settings
    }
}

extension LXCConfig {
    /// Adds lines at the end of the text, where nothing follows that could discard them.
    ///
    /// They have the line endings of the file. After a last line without an ending, the last new line has none either, so that
    /// ``remove(where:)`` restores the same file.
    public mutating func add(_ lines: [String]) {
        let end = LXCLine.textEnd(bytes)
        let ending = bytes[..<end].contains(.carriageReturn) ? "\r\n" : "\n"
        let text = lines.joined(separator: ending)
        let isWhole = bytes[..<end].last?.endsLine ?? true
        bytes.insert(contentsOf: (isWhole ? text + ending : ending + text).utf8, at: end)
    }

    /// Removes lines of the file itself. Included files are not changed.
    public mutating func remove(where isMeant: (_ key: String, _ value: String) -> Bool) {
        remove(LXCLine.lines(bytes).filter { isMeant($0.key, $0.value) })
    }

    /// Removes the line of a mount entry, with the device rules directly before it that belong to it: those that were added
    /// with it, for one version of control groups or for both, else those of its device number.
    ///
    /// - Parameter isOurs: whether the mount has the form that hostdev writes. A rule directly before it in hostdev's form came
    ///   with it then.
    public mutating func removeMountEntry(
        _ value: String, isOurs: Bool = false, isRuleOfNumber: (_ value: String) -> Bool
    ) {
        let lines = LXCLine.lines(bytes)
        guard
            let number = lines.firstIndex(where: {
                $0.key == Self.mountEntry && ByteString($0.value) == ByteString(value)
            })
        else { return }
        var first = number
        while first > 0, lines[first - 1].range.upperBound == lines[first].range.lowerBound,
            Self.deviceRules.contains(lines[first - 1].key)
        {
            first -= 1
        }
        var rules = lines[first..<number]
        let last = rules.suffix(2)
        if last.map(\.key) == Self.deviceRules, Set(last.map(\.value)).count == 1 {
            rules = last
        } else if isOurs, let rule = rules.last, rule.value.hasSuffix(" rw") || rule.value.hasSuffix(" r") {
            rules = rules.suffix(1)
        } else {
            rules = rules[(rules.lastIndex { !isRuleOfNumber($0.value) }.map { $0 + 1 } ?? first)...]
        }
        remove(rules + [lines[number]])
    }

    /// The key of a mount, in the form of fstab(5).
    public static let mountEntry = "lxc.mount.entry"
    /// The keys of device rules for control groups of version 1 and 2. LXC before 7 ignores that of a version that is not
    /// mounted.
    public static let deviceRules = ["lxc.cgroup.devices.allow", "lxc.cgroup2.devices.allow"]

    private mutating func remove(_ lines: some BidirectionalCollection<LXCLine>) {
        for line in lines.reversed() {
            var start = line.range.lowerBound
            // Its ending may have been removed with the next line.
            let end = min(line.range.upperBound, LXCLine.textEnd(bytes))
            // After the last line without an ending, the one before it becomes the last without one.
            if !bytes[end - 1].endsLine {
                if start > 0, bytes[start - 1] == .lineFeed { start -= 1 }
                if start > 0, bytes[start - 1] == .carriageReturn { start -= 1 }
            }
            bytes.removeSubrange(start..<end)
        }
    }
}

/// A line `KEY = VALUE` of an LXC configuration, read as LXC's parse_line() does: blanks at both ends of key and value are
/// dropped, then a pair of quotes around the value. A line that does not begin with `lxc.` is ignored.
///
/// A line ends at a line feed or a carriage return; the text ends at a NUL.
struct LXCLine: Hashable {
    let key: String
    /// An empty value discards all earlier ones of the key.
    let value: String
    /// The range in the file, with the end of the line.
    let range: Range<Int>

    /// Returns all lines, in the file's order.
    static func lines(_ bytes: [UInt8]) -> [LXCLine] {
        let end = textEnd(bytes)
        var lines: [LXCLine] = []
        var start = 0
        while start < end {
            var stop = start
            while stop < end, !bytes[stop].endsLine { stop += 1 }
            var next = min(stop + 1, end)
            if next < end, bytes[stop] == .carriageReturn, bytes[next] == .lineFeed { next += 1 }
            if let line = LXCLine(bytes[start..<stop], range: start..<next) { lines.append(line) }
            start = next
        }
        return lines
    }

    /// Returns the end of the text: LXC reads only up to a NUL.
    static func textEnd(_ bytes: [UInt8]) -> Int { bytes.firstIndex(of: 0) ?? bytes.count }

    private init?(_ line: ArraySlice<UInt8>, range: Range<Int>) {
        let line = line.drop(while: \.isBlank)
        guard line.starts(with: "lxc.".utf8), let equals = line.firstIndex(of: .equals) else { return nil }
        key = ByteString(bytes: line[..<equals].trimmed).text
        var value = line[(equals + 1)...].trimmed
        if let first = value.first, first == .quote || first == .apostrophe, value.count > 1, value.last == first {
            value = value.dropFirst().dropLast()
        }
        self.value = ByteString(bytes: value).text
        self.range = range
    }
}

extension UInt8 {
    static let carriageReturn = UInt8(ascii: "\r")
    static let apostrophe = UInt8(ascii: "'")
    /// Whether LXC drops it at the ends.
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }
    /// Whether it ends a line.
    var endsLine: Bool { self == .lineFeed || self == .carriageReturn }
}

extension ArraySlice<UInt8> {
    fileprivate var trimmed: ArraySlice<UInt8> {
        let rest = drop(while: \.isBlank)
        return rest.lastIndex { !$0.isBlank }.map { rest[...$0] } ?? []
    }
}
