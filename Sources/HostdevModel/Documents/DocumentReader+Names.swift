import XMLTree

extension DocumentReader {
    /// Checks the names in an element. A misspelled name and a known name in the wrong place are errors. Any other
    /// unknown name is ignored with a warning, or without one if it is in a namespace.
    mutating func checkNames(in element: XMLElement, _ known: AllowedNames) {
        if !known.allowsText { checkText(in: element) }
        for child in element.children(except: known.children) { checkUnknown(child, in: element, known.children) }
        if !element.hasAttributes(onlyFrom: known.attributes) { checkUnknownAttributes(of: element, known.attributes) }
    }

    /// Reports an element whose name is not allowed in its parent.
    mutating func checkUnknown(_ child: XMLElement, in element: XMLElement, _ known: [String]) {
        if child.isForeign || hasReachedLimit { return }
        if let wrong = misspelling(
            child.name, in: element, among: known, ours: AllowedNames.ours.children, { "<\($0)>" })
        {
            markMisspelled(in: element)
            error(wrong, at: child)
        } else {
            warn("<\(child.name)> is not known in <\(element.name)> and is ignored", at: child)
        }
    }

    private mutating func checkUnknownAttributes(of element: XMLElement, _ known: [String]) {
        reportAttributes(of: element) { attribute in
            if known.contains(attribute.name) || attribute.isForeign { return nil }
            let ours = AllowedNames.ours.attributes
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

/// Returns the message for a name that is misspelled or in the wrong place, or nil for any other unknown name.
private func misspelling(
    _ name: String, in element: XMLElement, among known: [String], ours: [String], _ shown: (String) -> String
) -> String? {
    if let nearest = nearestWord(to: name, among: known) {
        return "\(shown(name)) is not known in <\(element.name)>: did you mean \(shown(nearest))?"
    }
    guard ours.contains(name) else { return nil }
    return "\(shown(name)) does not belong in this <\(element.name)>: \(allowedList(known.map(shown)))"
}

/// Returns the list of allowed values as the end of a message.
func allowedList(_ what: [String]) -> String {
    switch what.count {
    case 0: "nothing is allowed there"
    case 1: "expected \(what[0])"
    default: "expected " + what.dropLast().joined(separator: ", ") + " or " + what[what.count - 1]
    }
}

/// The names of the attributes and child elements that an element may have.
struct AllowedNames: Sendable {
    var attributes: [String] = []
    var children: [String] = []
    var allowsText = false

    /// All names of both dialects. One of them in the wrong place is an error; other unknown names are ignored.
    static let ours = AllowedNames(
        attributes: [
            "address", "bus", "controller", "dev", "device", "display", "domain", "except", "family", "function",
            "gateway", "gid", "guestReset", "id", "inherit", "mac", "managed", "metric", "mode", "model", "name",
            "netmask", "nodes", "only", "peer", "port", "prefix", "product", "ramfb", "rawio", "sgio", "size", "slot",
            "startupPolicy", "state", "target", "type", "uid", "unit", "value", "vendor", "wwid", "writeFiltering",
        ],
        children: [
            "adapter", "address", "alias", "block", "boot", "char", "driver", "hostdev", "interface", "ip", "link",
            "mac", "mtu", "permissions", "product", "readonly", "rom", "route", "serial", "shareable", "source",
            "target", "teaming", "vendor",
        ])
}

/// Returns the known word that is most similar to a misspelled one, or nil if none is similar.
///
/// Words are similar if at most two letters, and fewer than half of the letters of the known word, differ. Upper and
/// lower case count as equal.
func nearestWord(to word: String, among known: [String]) -> String? {
    let letters = Array(word.lowercased().utf8)
    guard letters.count <= 32 else { return nil }
    let nearest = known.map { (word: $0, distance: editDistance(letters, Array($0.lowercased().utf8))) }
        .min { $0.distance < $1.distance }
    guard let nearest, nearest.distance <= 2, nearest.distance * 2 < nearest.word.utf8.count else { return nil }
    return nearest.word
}

/// Returns how many letters to insert, delete, replace or swap with their neighbour to turn one word into the other:
/// the Damerau-Levenshtein distance.
private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...other.count)
    for (row, letter) in one.enumerated() {
        var current = [row + 1]
        for (column, otherLetter) in other.enumerated() {
            var best = min(current[column], last[column + 1]) + 1
            best = min(best, last[column] + (letter == otherLetter ? 0 : 1))
            if row > 0, column > 0, letter == other[column - 1], one[row - 1] == otherLetter {
                best = min(best, beforeLast[column - 1] + 1)
            }
            current.append(best)
        }
        (beforeLast, last) = (last, current)
    }
    return last[other.count]
}
