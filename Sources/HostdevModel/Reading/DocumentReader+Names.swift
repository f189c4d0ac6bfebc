import XMLTree

extension DocumentReader {
    /// Looks at what is in one of our elements. A misspelt name is an error, as is one of ours in the wrong place; a
    /// strange one is ignored with a warning, and one in a namespace of its own without.
    mutating func checkNames(in element: XMLElement, _ known: Vocabulary) {
        if !known.allowsText { checkText(in: element) }
        for child in element.children(besides: known.children) { checkStrange(child, in: element, known.children) }
        if !element.hasAttributes(onlyFrom: known.attributes) { checkStrangeAttributes(of: element, known.attributes) }
    }

    /// Looks at an element whose name is not known where it stands.
    mutating func checkStrange(_ child: XMLElement, in element: XMLElement, _ known: [String]) {
        if child.isForeign || isFull { return }
        if let wrong = misspelling(child.name, in: element, among: known, ours: Vocabulary.ours.children, { "<\($0)>" })
        {
            noteMisspelt(in: element)
            error(wrong, at: child)
        } else {
            warn("<\(child.name)> is not known in <\(element.name)> and is ignored", at: child)
        }
    }

    private mutating func checkStrangeAttributes(of element: XMLElement, _ known: [String]) {
        judgeAttributes(of: element) { attribute in
            if known.contains(attribute.name) || attribute.isForeign { return nil }
            let ours = Vocabulary.ours.attributes
            if let wrong = misspelling(attribute.name, in: element, among: known, ours: ours, { "\($0)=" }) {
                return (isError: true, message: wrong)
            }
            return (isError: false, message: "\(attribute.name)= is not known in <\(element.name)> and is ignored")
        }
    }

    private mutating func checkText(in element: XMLElement) {
        guard element.text.utf8.contains(where: { $0 > 0x20 }) else { return }
        error("\(quoted(element.text)) stands in <\(element.name)>: no text is allowed there", at: element)
    }
}

/// What to say of a name that is not known; nil when it is a strange one.
private func misspelling(
    _ name: String, in element: XMLElement, among known: [String], ours: [String], _ shown: (String) -> String
) -> String? {
    if let nearest = nearestWord(to: name, among: known) {
        return "\(shown(name)) is not known in <\(element.name)>: did you mean \(shown(nearest))?"
    }
    guard ours.contains(name) else { return nil }
    return "\(shown(name)) does not belong in this <\(element.name)>: \(listed(known.map(shown)))"
}

/// What is allowed, as the end of a message.
func listed(_ what: [String]) -> String {
    switch what.count {
    case 0: "nothing is allowed there"
    case 1: "allowed is \(what[0])"
    default: "allowed are " + what.joined(separator: ", ")
    }
}
