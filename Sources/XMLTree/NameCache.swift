/// Makes strings of libxml2's names.
///
/// libxml2 keeps each name once and always gives the same pointer for it. A document says a few names over and over,
/// so most of them are here already.
struct NameCache {
    private var entries = [(address: UInt, name: String)](repeating: (0, ""), count: 64)

    mutating func name(_ name: QualifiedName) -> String {
        guard let local = unsafe name.local else { preconditionFailure("libxml2 lost a name") }
        if let prefix = unsafe name.prefix { return unsafe String(cString: prefix) + ":" + String(cString: local) }
        let address = UInt(bitPattern: local)
        let index = Int((address ^ address >> 6) % 64)
        if entries[index].address != address { entries[index] = unsafe (address, String(cString: local)) }
        return entries[index].name
    }
}
