internal import LinuxSystem
internal import SystemPackage

/// A BPF map from keys to values of fixed sizes: BPF_MAP_TYPE_HASH. It lives as long as somebody holds it or a program
/// uses it.
struct BPFMap: ~Copyable {
    /// What tells a map from another, `struct bpf_map_info`. A key and a value are so many bytes.
    struct Layout: Hashable {
        let name: String
        let keySize: Int
        let valueSize: Int

        fileprivate static let type: UInt32 = 1
    }

    let descriptor: Descriptor
    private let layout: Layout

    /// Makes an empty one. Its memory comes with the entries, of which it holds so many at most.
    init(_ layout: Layout, limit: UInt32) throws(SystemError) {
        let attribute = BPFAttribute()
        attribute.set(Layout.type, at: 0)
        attribute.set(UInt32(layout.keySize), at: 4)
        attribute.set(UInt32(layout.valueSize), at: 8)
        attribute.set(limit, at: 12)
        attribute.set(1, at: 16)  // BPF_F_NO_PREALLOC
        attribute.memory.set(name: layout.name, at: 28)
        descriptor = try attribute.open(.createMap, layout.name)
        self.layout = layout
    }

    /// Takes one by its number. Nil when it is not of this name and layout.
    init?(id: UInt32, _ layout: Layout) throws(SystemError) {
        let attribute = BPFAttribute()
        attribute.set(id, at: 0)
        let descriptor = try attribute.open(.mapByID, "map \(id)")
        let information = KernelMemory(count: 40)
        try BPFAttribute.fill(information, about: descriptor.file)
        guard information.value(UInt32.self, at: 0) == Layout.type,
            information.value(UInt32.self, at: 8) == UInt32(layout.keySize),
            information.value(UInt32.self, at: 12) == UInt32(layout.valueSize),
            information.text(at: 24, limit: 16) == layout.name
        else { return nil }
        self.descriptor = descriptor
        self.layout = layout
    }

    /// Nil: there is no such key.
    func value(of key: borrowing KernelMemory) throws(SystemError) -> KernelMemory? {
        let value = KernelMemory(count: layout.valueSize)
        guard try call(.lookUp, key, value) else { return nil }
        return value
    }

    /// Sets a value. E2BIG: the map is full.
    func set(_ value: borrowing KernelMemory, of key: borrowing KernelMemory) throws(SystemError) {
        _ = try call(.update, key, value)
    }

    /// Removes a key and its value, if it is there.
    func remove(_ key: borrowing KernelMemory) throws(SystemError) {
        let attribute = BPFAttribute()
        attribute.set(descriptor.file, at: 0)
        attribute.set(key, at: 8)
        _ = try finds(.delete, attribute)
    }

    var isEmpty: Bool {
        get throws(SystemError) {
            let attribute = BPFAttribute()
            attribute.set(descriptor.file, at: 0)
            // Without a key, the next one is the first.
            let next = KernelMemory(count: layout.keySize)
            attribute.set(next, at: 16)
            return !(try finds(.nextKey, attribute))
        }
    }

    private func call(
        _ command: BPFCommand, _ key: borrowing KernelMemory, _ value: borrowing KernelMemory
    ) throws(SystemError) -> Bool {
        let attribute = BPFAttribute()
        attribute.set(descriptor.file, at: 0)
        attribute.set(key, at: 8)
        attribute.set(value, at: 16)
        return try finds(command, attribute)
    }

    /// False: there is no such key.
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
