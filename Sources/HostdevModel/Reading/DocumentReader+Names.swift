import XMLTree

extension DocumentReader {
    /// Looks at what is in one of our elements. A misspelt name is an error, as is one of ours in the wrong place; a
    /// strange one is ignored with a warning, and one in a namespace of its own without.
    mutating func checkNames(in element: XMLElement, _ known: Vocabulary) {
        checkText(in: element)
        for index in element.children.indices where !known.children.contains(element.children[index].name) {
            checkStrange(element.children[index], in: element, known.children)
        }
        if !element.attributes.allSatisfy({ known.attributes.contains($0.name) }) {
            checkStrangeAttributes(of: element, known.attributes)
        }
    }

    /// Looks at an element whose name is not known where it stands.
    mutating func checkStrange(_ child: XMLElement, in element: XMLElement, _ known: [String]) {
        if child.isForeign { return }
        if let nearest = nearestWord(to: child.name, among: known) {
            error("<\(child.name)> is not known in <\(element.name)>: did you mean <\(nearest)>", at: child)
        } else if Vocabulary.ours.children.contains(child.name) {
            error("<\(child.name)> is not allowed in this <\(element.name)>: \(allowed(known, "<", ">"))", at: child)
        } else {
            warn("<\(child.name)> is not known in <\(element.name)> and is ignored", at: child)
        }
    }

    private mutating func checkStrangeAttributes(of element: XMLElement, _ known: [String]) {
        judgeAttributes(of: element) { attribute in
            if known.contains(attribute.name) || attribute.isForeign { return nil }
            if let nearest = nearestWord(to: attribute.name, among: known) {
                return (true, "\(attribute.name)= is not known in <\(element.name)>: did you mean \(nearest)=")
            }
            if Vocabulary.ours.attributes.contains(attribute.name) {
                return (true, "\(attribute.name)= is not allowed in this <\(element.name)>: \(allowed(known, "", "="))")
            }
            return (false, "\(attribute.name)= is not known in <\(element.name)> and is ignored")
        }
    }

    private mutating func checkText(in element: XMLElement) {
        guard element.text.utf8.contains(where: { $0 > 0x20 }) else { return }
        error("\(quoted(element.text)) stands in <\(element.name)>: no text is allowed there", at: element)
    }
}

private func allowed(_ known: [String], _ before: String, _ after: String) -> String {
    known.isEmpty ? "none is allowed" : "allowed are " + known.map { before + $0 + after }.joined(separator: ", ")
}
