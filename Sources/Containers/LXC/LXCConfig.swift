internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// An LXC container's `config`, lxc.container.conf(5), with what the files say that it includes. Only the file itself is
/// ever changed.
public struct LXCConfig: ConfigurationText {
    /// A line with a value, of the file or of one that it includes.
    public struct Setting: Hashable, Sendable {
        /// What it is about, in full: `lxc.net.0.link`.
        public let key: String
        /// Without blanks and quotes around it.
        public let value: String
        /// The included file that it stands in. Nil: the container's own.
        public let file: String?
    }

    /// The whole file.
    public internal(set) var bytes: [UInt8]
    /// What the included files say, by the text behind `lxc.include`.
    private let included: [ByteString: [Setting]]

    /// A configuration from a file's bytes, without what it includes.
    public init(bytes: [UInt8]) { self.init(bytes: bytes, included: [:]) }

    private init(bytes: [UInt8], included: [ByteString: [Setting]]) {
        self.bytes = bytes
        self.included = included
    }

    /// What counts: what an empty value has made void does not.
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
    /// Reads a configuration with all that it includes.
    init(_ path: FilePath) throws(SystemError) {
        let bytes = try readConfiguration(path)
        var included: [ByteString: [Setting]] = [:]
        for line in LXCLine.lines(bytes) where line.key == "lxc.include" && !line.value.isEmpty {
            included[ByteString(line.value)] = try Self.settings(including: line.value, depth: 0)
        }
        self.init(bytes: bytes, included: included)
    }

    /// A folder stands for the files in it that end with `.conf`. LXC itself would never come to the end of files that
    /// include each other.
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
        // A folder may be missing, a file may not.
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
