import CLibXML2

/// A name as libxml2 gives it; it keeps the bytes as long as the parser lives.
@safe struct QualifiedName {
    let local: UnsafePointer<xmlChar>?
    let prefix: UnsafePointer<xmlChar>?
}

/// A start tag as libxml2 gives it, valid while it is being reported.
@safe struct StartTag {
    let name: QualifiedName
    let attributeCount: Int
    /// How many namespaces the tag declares.
    let namespaceCount: Int
    private let namespaceName: UnsafePointer<xmlChar>?
    /// Five pointers for each attribute, to its name, prefix and namespace, and to both ends of its value.
    private let attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?

    init(
        _ name: QualifiedName, namespace: UnsafePointer<xmlChar>?, namespaceCount: Int32, attributeCount: Int32,
        attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
        self.name = name
        self.attributeCount = Int(attributeCount)
        self.namespaceCount = Int(namespaceCount)
        unsafe self.namespaceName = unsafe namespace
        unsafe self.attributes = unsafe attributes
    }

    var isForeign: Bool { unsafe namespaceName != nil || name.prefix != nil }

    var namespace: String? { unsafe namespaceName.map { unsafe String(cString: $0) } }

    func attributeName(_ index: Int) -> QualifiedName {
        unsafe QualifiedName(local: field(0, of: index), prefix: field(1, of: index))
    }

    func attributeValue(_ index: Int) -> String {
        guard let start = unsafe field(3, of: index), let end = unsafe field(4, of: index) else { return "" }
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
    }

    private func field(_ field: Int, of index: Int) -> UnsafePointer<xmlChar>? {
        precondition(index < attributeCount)
        return unsafe attributes?[5 * index + field]
    }
}
