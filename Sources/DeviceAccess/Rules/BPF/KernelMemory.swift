/// Memory that the kernel reads or fills in at a call: zero at first, at the same address until its owner goes.
@safe struct KernelMemory: ~Copyable {
    private let bytes: UnsafeMutableRawBufferPointer

    init(count: Int) {
        unsafe bytes = .allocate(byteCount: count, alignment: 8)
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { unsafe bytes.deallocate() }

    var count: Int { unsafe bytes.count }

    /// Where it is. The owner has to stay in scope until the call is over.
    var address: UInt64 { UInt64(UInt(bitPattern: unsafe bytes.baseAddress)) }

    /// A number at an offset, in the machine's byte order.
    func value<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type = Number.self, at offset: Int) -> Number
    {
        unsafe bytes.loadUnaligned(fromByteOffset: offset, as: type)
    }

    func set<Number: FixedWidthInteger & BitwiseCopyable>(_ value: Number, at offset: Int) {
        unsafe bytes.storeBytes(of: value, toByteOffset: offset, as: Number.self)
    }

    /// Text that ends with a NUL, or with a number of bytes.
    func text(at offset: Int = 0, limit: Int = .max) -> String {
        let end = offset + min(limit, count - offset)
        return unsafe String(decoding: bytes[offset..<end].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Sets text of at most 15 bytes: names are 16 long in the kernel, with the NUL at their end.
    func set(name: String, at offset: Int) {
        for (index, byte) in name.utf8.prefix(15).enumerated() { set(byte, at: offset + index) }
    }
}
