internal import ByteStrings
internal import LinuxSystem
internal import XMLTree

/// What is wrong with a record that cannot be read.
struct RecordError: Error, CustomStringConvertible {
    let file: String
    let message: String

    var description: String { "\(file): \(message)" }
}

/// An element of a record. Each of its parts must be there; what is missing or wrong is an error that names the element.
struct RecordElement {
    let element: XMLElement
    private let file: String

    init(_ element: XMLElement, in file: String) {
        self.element = element
        self.file = file
    }

    var name: String { element.name }
    var children: [RecordElement] { element.children.map { RecordElement($0, in: file) } }

    func error(_ what: String) -> RecordError { RecordError(file: file, message: "<\(element.name)> \(what)") }

    func child(_ name: String) throws(RecordError) -> RecordElement {
        guard let child = element.child(name) else { throw error("has no <\(name)>") }
        return RecordElement(child, in: file)
    }

    func hasChild(_ name: String) -> Bool { element.child(name) != nil }

    func has(_ attribute: String) -> Bool { element[attribute] != nil }

    func text(_ attribute: String) throws(RecordError) -> String {
        guard let value = element[attribute] else { throw error("has no \(attribute)") }
        return ByteString(value).text
    }

    func number<Value: FixedWidthInteger>(_ attribute: String) throws(RecordError) -> Value {
        guard let value = Value(try text(attribute)) else { throw error("has a wrong \(attribute)") }
        return value
    }

    func file(_ attribute: String) throws(RecordError) -> FileIdentity {
        let numbers = try text(attribute).split(separator: ":").compactMap { UInt64($0) }
        guard numbers.count == 2 else { throw error("has a wrong \(attribute)") }
        return FileIdentity(device: numbers[0], inode: numbers[1])
    }

    /// The element's text as bytes, two hexadecimal digits for each.
    func bytes() throws(RecordError) -> [UInt8] {
        let digits = Array(element.text.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.digit(digits[index]), index + 1 < digits.count,
                let low = Self.digit(digits[index + 1])
            else { throw error("holds no bytes") }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension XMLNode {
    /// Adds an attribute. A character that XML cannot hold, which an interface's name may have, is written as what
    /// stands for it; ``RecordElement/text(_:)`` reads that again.
    mutating func add(_ attribute: String, _ value: String) {
        attributes.append(XMLAttribute(attribute, ByteString(value).xmlText))
    }
}
