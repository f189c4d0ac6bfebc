import XMLTree

/// What stands around the hostdevs of a document, to be left as it is when they are written anew.
struct SurroundingText: Sendable {
    /// The text before the first hostdev, between them, and behind the last: one more than there are hostdevs.
    private let pieces: [String]

    init(_ document: XMLDocument) {
        // Without the XML declaration, whose encoding may not be that of what is written.
        var start = Self.behindDeclaration(document.bytes)
        var pieces: [String] = []
        for range in document.root.hostdevElements.map(\.range) {
            pieces.append(String(decoding: document.bytes[start..<range.lowerBound], as: UTF8.self))
            start = range.upperBound
        }
        pieces.append(String(decoding: document.bytes[start...], as: UTF8.self))
        self.pieces = pieces
    }

    /// The document with other texts for the hostdevs.
    ///
    /// - Parameter text: gives the text of a hostdev, from its number and what stands before its lines.
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
