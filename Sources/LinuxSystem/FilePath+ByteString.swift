public import ByteStrings
public import SystemPackage

extension FilePath {
    /// The path of these bytes. A `String` with characters that stand for bytes would lead elsewhere.
    public init(_ path: ByteString) {
        let bytes = path.bytes.map { CInterop.PlatformChar(bitPattern: $0) } + [0]
        self.init(platformString: bytes)
    }

    /// The path as bytes.
    public var byteString: ByteString {
        unsafe withPlatformString { path in
            let bytes = unsafe UnsafeBufferPointer(start: path, count: length)
            return unsafe ByteString(bytes: bytes.map { UInt8(bitPattern: $0) })
        }
    }
}
