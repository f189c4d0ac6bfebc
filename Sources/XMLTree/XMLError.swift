/// Why bytes are not a document, or why a value cannot stand in one.
public struct XMLError: Error, Hashable, CustomStringConvertible {
    /// Where in the document; nil for an element that was built in code.
    public let position: XMLPosition?
    /// What is wrong, and what is allowed.
    public let message: String

    /// The place, where there is one, and the message.
    public var description: String {
        guard let position else { return message }
        return "\(position): \(message)"
    }
}

/// A place in a document, as editors count.
public struct XMLPosition: Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// The column in characters (Unicode scalars), from 1.
    public let column: Int

    /// A place in a document.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The first character of a document.
    public static let start = XMLPosition(line: 1, column: 1)

    /// `LINE:COLUMN`.
    public var description: String { "\(line):\(column)" }
}

/// Finds the line and the column of a byte.
///
/// Most documents never need one, so it is built only when there is something to report. It holds a position for
/// every few thousand bytes, which keeps a look-up short even in a document that is a single line.
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

    /// The position of the character that starts at a byte of the document.
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
            } else if byte & 0xC0 != 0x80 {  // a byte that goes on with a character adds no column
                column += 1
            }
        }
        return XMLPosition(line: line, column: column)
    }
}
