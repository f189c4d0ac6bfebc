import CLibXML2

/// Builds a tree from the events of libxml2, and stores the first error.
///
/// The tree of libxml2 is not used: building it only to convert it would cost time, and it has line numbers only, no
/// offsets.
@safe struct TreeBuilder: ~Copyable {
    /// The contents of a document.
    struct Tree {
        var elements: [StoredElement] = []
        var attributes: [XMLAttribute] = []
        var texts: [String] = []
        var namespaces: [Int: String] = [:]
        var failure: (offset: Int, message: String)?
    }

    private let parser: xmlParserCtxtPtr
    private let bytes: [UInt8]
    private var tree = Tree()
    private var names = NameCache()
    /// The open elements from the root to the innermost one. Each has its last child so far, and the number of
    /// namespaces that are declared on it and on the elements around it.
    private var open: [(index: Int, lastChild: Int?, namespaces: Int)] = []
    /// The character data since the last tag.
    private var text: [UInt8] = []

    /// Parses a document in UTF-8.
    static func tree(of bytes: [UInt8]) -> Tree {
        guard var builder = TreeBuilder(bytes) else { return Tree(failure: (0, "there is no memory for a parser")) }
        builder.run()
        return builder.tree
    }

    private init?(_ bytes: [UInt8]) {
        let parser = unsafe bytes.withUnsafeBytes { buffer in
            unsafe xmlCreateMemoryParserCtxt(
                buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: buffer.count))
        }
        guard let parser = unsafe parser else { return nil }
        unsafe self.parser = unsafe parser
        self.bytes = bytes
        // About as many as a document of hostdevs of this size has.
        tree.elements.reserveCapacity(bytes.count / 48)
        tree.attributes.reserveCapacity(bytes.count / 24)
    }

    deinit {
        unsafe xmlFreeParserCtxt(parser)
    }

    private mutating func run() {
        let parser = unsafe parser
        unsafe xmlCtxtUseOptions(parser, parserOptions)
        unsafe withUnsafeMutablePointer(to: &self) { receiver in
            unsafe hostdev_xml_handle_events(parser, eventHandler(), receiver)
            unsafe xmlParseDocument(parser)
        }
    }

    mutating func start(_ tag: StartTag) {
        countNames()
        guard tree.failure == nil else { return }
        let start = tagStart
        guard open.count < XMLDocument.nestingLimit else {
            stop(at: start, "elements are nested more than \(XMLDocument.nestingLimit) deep")
            return
        }
        let namespaces = (open.last?.namespaces ?? 0) + tag.namespaceCount
        guard namespaces <= XMLDocument.namespaceLimit else {
            stop(at: start, "more than \(XMLDocument.namespaceLimit) namespaces are in scope here")
            return
        }
        flushText(isLast: false)
        let index = tree.elements.count
        link(index)
        let firstAttribute = tree.attributes.count
        for attribute in 0..<tag.attributeCount {
            tree.attributes.append(
                XMLAttribute(names.name(tag.attributeName(attribute)), tag.attributeValue(attribute)))
        }
        tree.elements.append(
            StoredElement(
                name: names.name(tag.name), isForeign: tag.isForeign,
                attributes: firstAttribute..<tree.attributes.count, start: start))
        if let namespace = tag.namespace { tree.namespaces[index] = namespace }
        open.append((index, nil, namespaces))
    }

    mutating func add(text more: UnsafeBufferPointer<UInt8>) {
        unsafe text.append(contentsOf: more)
    }

    mutating func end() {
        guard tree.failure == nil, let index = open.last?.index else { return }
        flushText(isLast: true)
        tree.elements[index].close(at: offset)
        open.removeLast()
    }

    /// Refuses a document with very many different names: the table of names in libxml2 becomes slow.
    mutating func countNames() {
        if unsafe hostdev_xml_name_count(parser) > XMLDocument.nameLimit {
            stop(at: offset, "the document has more than \(XMLDocument.nameLimit) different names")
        }
    }

    mutating func documentType() {
        stop(at: tagStart, "a document type (<!DOCTYPE>) is not allowed")
    }

    mutating func error(_ message: String) {
        stop(at: offset, "not well-formed XML: " + message)
    }

    /// The offset of the parser: the end of the tag or text that it reports.
    private var offset: Int { unsafe min(xmlByteConsumed(parser), bytes.count) }

    /// The start of the tag that ends here: the nearest `<` before, since a tag cannot contain one.
    private var tagStart: Int {
        var start = offset - 1
        while start > 0, bytes[start] != UInt8(ascii: "<") { start -= 1 }
        return start
    }

    /// Appends an element to the children of the innermost open one.
    private mutating func link(_ index: Int) {
        guard let (parent, lastChild, _) = open.last else { return }
        if let lastChild {
            tree.elements[lastChild].nextSibling = index
        } else {
            tree.elements[parent].firstChild = index
        }
        open[open.count - 1].lastChild = index
    }

    /// Adds the collected text to the innermost open element, unless it is white space between elements.
    private mutating func flushText(isLast: Bool) {
        guard !text.isEmpty, let (index, lastChild, _) = open.last else { return }
        let isWhole = isLast && lastChild == nil
        if isWhole || !text.allSatisfy(\.isWhiteSpace) {
            let more = String(decoding: text, as: UTF8.self)
            if let place = tree.elements[index].text {
                tree.texts[place] += more
            } else {
                tree.elements[index].text = tree.texts.count
                tree.texts.append(more)
            }
        }
        text.removeAll(keepingCapacity: true)
    }

    private mutating func stop(at offset: Int, _ message: String) {
        guard tree.failure == nil else { return }
        tree.failure = (offset, message)
        unsafe xmlStopParser(parser)
    }
}
