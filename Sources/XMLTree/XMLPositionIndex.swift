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
