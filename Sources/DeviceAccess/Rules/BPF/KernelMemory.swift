/// Memory that the kernel reads or writes during a call. It begins with all zeros, and keeps its address.
@safe struct KernelMemory: ~Copyable {
    private let bytes: UnsafeMutableRawBufferPointer

    init(count: Int) {
        unsafe bytes = .allocate(byteCount: count, alignment: 8)
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { unsafe bytes.deallocate() }

    var count: Int { unsafe bytes.count }

    /// The address. The value has to stay in scope until the call is over.
    var address: UInt64 { UInt64(UInt(bitPattern: unsafe bytes.baseAddress)) }

    /// Returns the number at an offset, in the machine's byte order.
    func value<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type = Number.self, at offset: Int) -> Number
    {
        unsafe bytes.loadUnaligned(fromByteOffset: offset, as: type)
    }

    func set<Number: FixedWidthInteger & BitwiseCopyable>(_ value: Number, at offset: Int) {
        unsafe bytes.storeBytes(of: value, toByteOffset: offset, as: Number.self)
    }

    /// Returns the text at an offset, up to a NUL and at most `limit` bytes.
    func text(at offset: Int = 0, limit: Int = .max) -> String {
        let end = offset + min(limit, count - offset)
        return unsafe String(decoding: bytes[offset..<end].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Sets a name of at most 15 bytes: the kernel's have 16 with the NUL at the end.
    func set(name: String, at offset: Int) {
        for (index, byte) in name.utf8.prefix(15).enumerated() { set(byte, at: offset + index) }
    }
}
