internal import LinuxSystem
internal import SystemPackage

/// A BPF hash map from keys to values of fixed sizes. It lives as long as a descriptor is open or a program uses it.
struct BPFMap: ~Copyable {
    /// What tells a map from others. The sizes are in bytes.
    struct Layout: Hashable {
        let name: String
        let keySize: Int
        let valueSize: Int
    }

    // linux/bpf.h.
    private static let BPF_MAP_TYPE_HASH: UInt32 = 1
    private static let BPF_F_NO_PREALLOC: UInt32 = 1
    /// Offsets in `union bpf_attr` for the commands on elements.
    private enum Element { static let (key, value) = (8, 16) }

    let descriptor: Descriptor
    private let layout: Layout

    /// Makes an empty map for at most `limit` entries, whose memory is allocated with each entry.
    init(_ layout: Layout, limit: UInt32) throws(SystemError) {
        let (keySize, valueSize, maxEntries, flags, name) = (4, 8, 12, 16, 28)
        let attribute = BPFAttribute(Self.BPF_MAP_TYPE_HASH)
        attribute.set(UInt32(layout.keySize), at: keySize)
        attribute.set(UInt32(layout.valueSize), at: valueSize)
        attribute.set(limit, at: maxEntries)
        attribute.set(Self.BPF_F_NO_PREALLOC, at: flags)
        attribute.memory.set(name: layout.name, at: name)
        descriptor = try attribute.open(.createMap, layout.name)
        self.layout = layout
    }

    /// Opens the map with an id. Returns nil when it has another name or layout.
    init?(id: UInt32, _ layout: Layout) throws(SystemError) {
        let descriptor = try BPFAttribute(id).open(.mapByID, "map \(id)")
        // struct bpf_map_info.
        let (type, keySize, valueSize, name) = (0, 8, 12, 24)
        let information = KernelMemory(count: 40)
        try BPFAttribute.fill(information, about: descriptor.file)
        guard information.value(UInt32.self, at: type) == Self.BPF_MAP_TYPE_HASH,
            information.value(UInt32.self, at: keySize) == UInt32(layout.keySize),
            information.value(UInt32.self, at: valueSize) == UInt32(layout.valueSize),
            information.text(at: name, limit: 16) == layout.name
        else { return nil }
        self.descriptor = descriptor
        self.layout = layout
    }

    /// Returns the value of a key, or nil when there is no such key.
    func value(of key: borrowing KernelMemory) throws(SystemError) -> KernelMemory? {
        let value = KernelMemory(count: layout.valueSize)
        guard try call(.lookUp, key, value) else { return nil }
        return value
    }

    /// Sets the value of a key. The error is E2BIG when the map is full.
    func set(_ value: borrowing KernelMemory, of key: borrowing KernelMemory) throws(SystemError) {
        _ = try call(.update, key, value)
    }

    /// Removes a key and its value, if there is one.
    func remove(_ key: borrowing KernelMemory) throws(SystemError) {
        let attribute = BPFAttribute(descriptor.file)
        attribute.set(key, at: Element.key)
        _ = try finds(.delete, attribute)
    }

    var isEmpty: Bool {
        get throws(SystemError) {
            let attribute = BPFAttribute(descriptor.file)
            // Without a key, the next key is the first.
            let next = KernelMemory(count: layout.keySize)
            attribute.set(next, at: Element.value)
            return !(try finds(.nextKey, attribute))
        }
    }

    private func call(
        _ command: BPFCommand, _ key: borrowing KernelMemory, _ value: borrowing KernelMemory
    ) throws(SystemError) -> Bool {
        let attribute = BPFAttribute(descriptor.file)
        attribute.set(key, at: Element.key)
        attribute.set(value, at: Element.value)
        return try finds(command, attribute)
    }

    /// Makes the call. Returns false when there is no such key.
    private func finds(_ command: BPFCommand, _ attribute: borrowing BPFAttribute) throws(SystemError) -> Bool {
        do throws(SystemError) {
            try attribute.call(command, layout.name)
            return true
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return false
        }
    }
}
