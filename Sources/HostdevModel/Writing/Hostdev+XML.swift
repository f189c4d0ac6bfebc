import XMLTree

extension Hostdev {
    /// The hostdev as a document, with a line feed at the end. Reading it gives an equal value.
    ///
    /// - Throws: when the dialect has no form for something that the hostdev says.
    public func xml(dialect: Dialect = .capability) throws(InexpressibleForm) -> String {
        try text(dialect, margin: "") + "\n"
    }

    func text(_ dialect: Dialect, margin: String) throws(InexpressibleForm) -> String {
        let writer = HostdevWriter(hostdev: self)
        let element = try writer.capability()
        do {
            return try element.xml(margin: margin)
        } catch {
            throw writer.inexpressible(error.message)
        }
    }
}

extension HostdevDocument {
    /// The document as text, with a line feed at the end. Reading it gives equal hostdevs.
    ///
    /// - Throws: the first hostdev that the dialect has no form for.
    public func xml(dialect: Dialect = .capability) throws(InexpressibleForm) -> String {
        if root == .hostdev, let only = hostdevs.first { return try only.xml(dialect: dialect) }
        var text = "<devices>\n"
        for hostdev in hostdevs {
            text += "  " + (try hostdev.text(dialect, margin: "  ")) + "\n"
        }
        return text + "</devices>\n"
    }
}
