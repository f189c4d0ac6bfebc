import CLibXML2Alone
import HostdevModel

/// Who reads a document.
enum Reader: String, CaseIterable {
    /// libxml2, which builds its own tree and nothing else.
    case libxml2
    /// The model.
    case model

    /// Reads a document and forgets it again.
    func read(_ bytes: [UInt8]) {
        switch self {
        case .libxml2:
            let document = bytes.withUnsafeBytes { buffer in
                xmlReadMemory(
                    buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count), nil, nil,
                    Int32(XML_PARSE_NONET.rawValue))
            }
            guard let document else { fatalError("libxml2 does not read the sample") }
            xmlFreeDoc(document)
        case .model:
            do {
                _ = try HostdevDocument(parsing: bytes, name: "sample.xml")
            } catch {
                fatalError("\(error)")
            }
        }
    }
}
