internal import CLinux
internal import Glibc
internal import SystemPackage

/// A file in a directory, and its content as far as that could be read.
public struct FoundFile: Sendable {
    /// The content of a file.
    public enum Content: Sendable {
        case bytes([UInt8])
        /// It cannot be read, for a lasting reason: it is not a regular file, too large, or not permitted.
        case unreadable(String)
    }

    /// The name.
    public let name: String
    /// The content.
    public let content: Content
}

extension Directory {
    /// Returns the files and their contents, by name. A file that goes away meanwhile is left out.
    ///
    /// - Parameters:
    ///   - texts: when given, only files that contain one of these are returned, and files that are not complete by `frame`.
    ///     It takes some 3 µs for each small file that contains none.
    ///   - frame: how a complete file begins and ends.
    ///   - limit: the largest size in bytes.
    /// - Throws: when descriptors or memory are short, which says nothing about the file.
    public func files(
        mentioning texts: [String]? = nil, framed frame: (begin: String, end: String)? = nil, limit: Int
    ) throws(SystemError) -> [FoundFile] {
        let texts = texts.map { $0.map { Array($0.utf8) } }
        let frame = frame.map { (begin: Array($0.begin.utf8), end: Array($0.end.utf8)) }
        var buffer: [UInt8] = []
        var found: [FoundFile] = []
        for entry in try directoryEntries(name) {
            switch try read(entry, into: &buffer, limit: limit) {
            case .absent: continue
            case .unreadable(let reason): found.append(FoundFile(name: entry, content: .unreadable(reason)))
            case .size(let size):
                let isFramed = frame.map {
                    buffer[..<size].starts(with: $0.begin) && buffer[..<size].ends(with: $0.end)
                }
                if let texts, isFramed != false,
                    !texts.contains(where: { unsafe linux_find(buffer, size, $0, $0.count) >= 0 })
                {
                    continue
                }
                found.append(FoundFile(name: entry, content: .bytes(Array(buffer[..<size]))))
            }
        }
        return found
    }

    /// Returns one file, or nil when there is none of that name.
    public func file(_ entry: String, limit: Int) throws(SystemError) -> FoundFile? {
        var buffer: [UInt8] = []
        return switch try read(entry, into: &buffer, limit: limit) {
        case .absent: nil
        case .unreadable(let reason): FoundFile(name: entry, content: .unreadable(reason))
        case .size(let size): FoundFile(name: entry, content: .bytes(Array(buffer[..<size])))
        }
    }

    private enum Reading {
        case absent
        case unreadable(String)
        case size(Int)
    }

    private func read(_ entry: String, into buffer: inout [UInt8], limit: Int) throws(SystemError) -> Reading {
        do throws(SystemError) {
            return try contents(of: entry, into: &buffer, limit: limit)
        } catch {
            switch error.code {
            case .noSuchFileOrDirectory: return .absent
            case .tooManySymbolicLinkLevels: return .unreadable("it is a symbolic link")
            case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory, .resourceTemporarilyUnavailable: throw error
            default: return .unreadable("\(error.code)")
            }
        }
    }

    /// Reads a file to its end into a buffer that grows as needed.
    private func contents(of entry: String, into buffer: inout [UInt8], limit: Int) throws(SystemError) -> Reading {
        // Follows no link, and does not wait for the other end of a pipe.
        let flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC
        let result = kernelCall { unsafe openat(descriptor.file.rawValue, entry, flags) }
        let file = try Descriptor.returned(result, "open", name.appending(entry).string)
        let status = try file.status()
        guard status.kind == .regular else {
            return .unreadable(status.kind == .directory ? "it is a directory" : "it is not a regular file")
        }
        var size = 0
        while size <= limit, status.size <= limit {
            if size == buffer.count { buffer += [UInt8](repeating: 0, count: max(size, 16_384)) }
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[size...])
                return kernelCall { unsafe Glibc.read(file.file.rawValue, rest.baseAddress, rest.count) }
            }
            guard count >= 0 else { throw .last("read", name.appending(entry).string) }
            if count == 0 { return .size(size) }
            size += count
        }
        return .unreadable("it has more than the \(limit) bytes that it may have")
    }
}

extension ArraySlice<UInt8> {
    fileprivate func ends(with bytes: [UInt8]) -> Bool { suffix(bytes.count).elementsEqual(bytes) }
}
