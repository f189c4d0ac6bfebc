/// The reason why a document cannot be parsed, or why a value cannot be written.
public struct XMLError: Error, Hashable, CustomStringConvertible {
    /// The position in the document, or nil for an error while writing.
    public let position: XMLPosition?
    /// The problem and what was expected instead.
    public let message: String

    /// The position, if there is one, and the message.
    public var description: String {
        guard let position else { return message }
        return "\(position): \(message)"
    }
}

/// A position in a document, counted like in editors.
public struct XMLPosition: Hashable, Sendable, CustomStringConvertible {
    /// The line, starting at 1.
    public let line: Int
    /// The column in Unicode scalars, starting at 1.
    public let column: Int

    /// Creates a position.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The position of the first character.
    public static let start = XMLPosition(line: 1, column: 1)

    /// `LINE:COLUMN`.
    public var description: String { "\(line):\(column)" }
}

/// Finds the line and column of a byte offset.
///
/// It is built only when there is something to report, since most documents have no problems. It stores the position of
/// every 2048th byte, so that a lookup is quick even in a document of one long line.
public struct XMLPositionIndex: Sendable {
    private static let stride = 2048
    private let bytes: [UInt8]
    private let checkpoints: [XMLPosition]

    init(_ bytes: [UInt8]) {
        var position = XMLPosition.start
        var checkpoints = [position]
        for start in Swift.stride(from: 0, to: bytes.count, by: Self.stride) {
            position = Self.advance(position, over: bytes[start..<min(start + Self.stride, bytes.count)])
            checkpoints.append(position)
        }
        self.bytes = bytes
        self.checkpoints = checkpoints
    }

    /// Returns the position of the character that starts at a byte offset.
    public func position(at offset: Int) -> XMLPosition {
        let offset = min(max(offset, 0), bytes.count)
        let checkpoint = offset / Self.stride
        return Self.advance(checkpoints[checkpoint], over: bytes[checkpoint * Self.stride..<offset])
    }

    private static func advance(_ position: XMLPosition, over bytes: ArraySlice<UInt8>) -> XMLPosition {
        var line = position.line
        var column = position.column
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {  // the continuation bytes of a character add no column
                column += 1
            }
        }
        return XMLPosition(line: line, column: column)
    }
}
