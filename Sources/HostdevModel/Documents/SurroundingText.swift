import XMLTree

/// The text around the hostdevs of a document. It stays unchanged when the hostdevs are written again.
struct SurroundingText: Sendable {
    /// The text before the first hostdev, between them, and after the last one: one more piece than hostdevs.
    private let pieces: [String]

    init(_ document: XMLDocument) {
        // The XML declaration is left out: it may name an encoding other than UTF-8, in which the document is written.
        var start = Self.behindDeclaration(document.bytes)
        var pieces: [String] = []
        for range in document.root.hostdevElements.map(\.range) {
            pieces.append(String(decoding: document.bytes[start..<range.lowerBound], as: UTF8.self))
            start = range.upperBound
        }
        pieces.append(String(decoding: document.bytes[start...], as: UTF8.self))
        self.pieces = pieces
    }

    /// Returns the document with new text for the hostdevs.
    ///
    /// - Parameter text: returns the text of a hostdev from its index and the white space before each of its lines.
    func replacingHostdevs(with text: (Int, String) throws(Unrepresentable) -> String) throws(Unrepresentable) -> String
    {
        var whole = ""
        for (index, piece) in pieces.dropLast().enumerated() {
            whole += piece
            let lineFeed = piece.utf8.lastIndex(of: UInt8(ascii: "\n"))
            let line = lineFeed.map { piece[$0...].dropFirst() } ?? piece[...]
            let isAlone = line.allSatisfy { $0 == " " || $0 == "\t" }
            whole += try text(index, isAlone ? String(line) : "")
        }
        whole += pieces.last ?? ""
        return whole.hasSuffix("\n") ? whole : whole + "\n"
    }

    private static func behindDeclaration(_ bytes: [UInt8]) -> Int {
        guard bytes.starts(with: "<?xml".utf8), bytes.dropFirst(5).first?.isLineFeedOrSpace == true,
            let end = bytes.firstIndex(of: UInt8(ascii: ">"))
        else { return 0 }
        return bytes[(end + 1)...].firstIndex { !$0.isLineFeedOrSpace } ?? bytes.count
    }
}

extension UInt8 {
    fileprivate var isLineFeedOrSpace: Bool { self == 0x0A || self == 0x0D || self == 0x20 || self == 0x09 }
}
