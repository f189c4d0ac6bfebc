@testable import Containers

/// Checks one input: it must be refused, or be the same when what was read of it is written and read again. An object's
/// members must be the same one by one as all together.
func checkJSON(_ bytes: [UInt8]) {
    var members = JSONMembers(bytes[...])
    let names = members.map(\.name)
    while members.next() != nil {}
    guard let json = JSON(bytes) else {
        if members.isComplete { fatalError("\(names) are all members of what is no JSON") }
        return
    }
    guard names.elementsEqual(json.members.map(\.name), by: same) else { fatalError("\(names) are not the members") }
    let value = Value(json)
    let text = value.text
    guard let again = JSON(Array(text.utf8)) else { fatalError("what was written is no JSON: \(text)") }
    let written = Value(again).text
    guard same(written, text) else { fatalError("\(text) was read as \(written)") }
}

/// What can be asked of a value, as a text: of one with nothing that can be asked, `null`.
private struct Value {
    let text: String

    init(_ json: JSON) {
        let members = json.members.map { "\(Self.quoted($0.name)): \(Value($0.value).text)" }
        let elements = json.elements.map { Value($0).text }
        let scalar = json.string.map(Self.quoted) ?? json.integer(Int64.self).map { "\($0)" }
        let kinds = [!members.isEmpty, !elements.isEmpty, scalar != nil].filter(\.self)
        if kinds.count > 1 { fatalError("\(members), \(elements) and \(scalar ?? "") are one value") }
        for (name, _) in json.members where json[name] == nil { fatalError("\(name) is a member and is not found") }
        text =
            if !members.isEmpty {
                "{\(members.joined(separator: ","))}"
            } else {
                elements.isEmpty ? scalar ?? "null" : "[\(elements.joined(separator: " , "))]"
            }
    }

    /// All signs as escapes: what is read again comes another way than what was read.
    private static func quoted(_ string: String) -> String {
        let units = string.utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "\"\(units.joined())\""
    }
}

/// Swift's own comparison takes two forms of é for one.
private func same(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }
