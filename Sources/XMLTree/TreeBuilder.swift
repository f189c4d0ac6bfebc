import CLibXML2

/// Puts libxml2's events together to a tree, and keeps the first thing that is wrong.
///
/// The tree is built from events, not converted from libxml2's own tree: that would be built to be thrown away, and
/// it keeps no more than a line for each element.
@safe final class TreeBuilder {
    private let parser: xmlParserCtxtPtr
    private let bytes: [UInt8]
    /// The elements from the root down to the innermost one that is still open.
    private var open: [XMLElement] = []
    private(set) var root: XMLElement?
    private(set) var failure: (offset: Int, message: String)?

    /// A builder with a parser of its own; nil when there is no memory for one.
    init?(_ bytes: [UInt8]) {
        let parser = unsafe bytes.withUnsafeBytes { buffer in
            unsafe xmlCreateMemoryParserCtxt(
                buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: buffer.count))
        }
        guard let parser = unsafe parser else { return nil }
        unsafe self.parser = unsafe parser
        self.bytes = bytes
    }

    deinit {
        unsafe xmlFreeParserCtxt(parser)
    }

    func run() {
        unsafe xmlCtxtUseOptions(parser, parserOptions)
        unsafe hostdev_xml_handle_events(parser, eventHandler(), Unmanaged.passUnretained(self).toOpaque())
        unsafe xmlParseDocument(parser)
    }

    func start(_ name: String, namespace: String?, attributes: [XMLAttribute]) {
        guard failure == nil else { return }
        let start = tagStart
        guard open.count < XMLDocument.nestingLimit else {
            stop(at: start, "elements stand more than \(XMLDocument.nestingLimit) deep in one another")
            return
        }
        var element = XMLElement(name, attributes)
        element.namespace = namespace
        element.range = start..<start
        open.append(element)
    }

    func text(_ text: String) {
        guard failure == nil, !open.isEmpty else { return }
        open[open.count - 1].text += text
    }

    func end() {
        guard failure == nil, var element = open.popLast() else { return }
        element.range = element.range.lowerBound..<offset
        if !element.children.isEmpty, element.text.utf8.allSatisfy(\.isWhiteSpace) { element.text = "" }
        if open.isEmpty {
            root = element
        } else {
            open[open.count - 1].children.append(element)
        }
    }

    func documentType() {
        stop(at: tagStart, "a document type (<!DOCTYPE>) is not allowed")
    }

    func error(_ message: String) {
        stop(at: offset, "not well-formed XML: " + message)
    }

    /// Where the parser is: behind the tag or the text that it reports.
    private var offset: Int { unsafe min(xmlByteConsumed(parser), bytes.count) }

    /// Where the tag that ends here starts. No `<` can stand inside a tag, so it is the nearest one before.
    private var tagStart: Int {
        var start = offset - 1
        while start > 0, bytes[start] != UInt8(ascii: "<") { start -= 1 }
        return start
    }

    private func stop(at offset: Int, _ message: String) {
        guard failure == nil else { return }
        failure = (offset, message)
        unsafe xmlStopParser(parser)
    }
}
