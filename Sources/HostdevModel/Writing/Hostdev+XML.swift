import XMLTree

extension Hostdev {
    /// The hostdev as a document, with a line feed at the end. Reading it gives an equal value.
    ///
    /// - Throws: when the dialect has no form for something that the hostdev says.
    public func xml(dialect: Dialect = .capability) throws(InexpressibleForm) -> String {
        try text(in: dialect, margin: "") + "\n"
    }

    /// The hostdev as text, each of whose lines but the first stands behind a margin.
    func text(in dialect: Dialect, margin: String) throws(InexpressibleForm) -> String {
        let element = try HostdevWriter.element(self, in: dialect)
        do {
            return try element.xml(margin: margin)
        } catch {
            throw InexpressibleForm(subject: description, message: error.message)
        }
    }
}

extension HostdevDocument {
    /// The document as text, with a line feed at the end. Reading it gives equal hostdevs.
    ///
    /// What is not ours in a document that was read stays as it is; a document of ours alone is laid out anew.
    ///
    /// - Throws: the first hostdev that the dialect has no form for.
    public func xml(dialect: Dialect = .capability) throws(InexpressibleForm) -> String {
        if let frame {
            return try frame.filled { (index, margin) throws(InexpressibleForm) in
                try hostdevs[index].text(in: dialect, margin: margin)
            }
        }
        if root == .hostdev, let only = hostdevs.first { return try only.xml(dialect: dialect) }
        var text = ""
        for hostdev in hostdevs { text += "  " + (try hostdev.text(in: dialect, margin: "  ")) + "\n" }
        return text.isEmpty ? "<devices/>\n" : "<devices>\n" + text + "</devices>\n"
    }
}
