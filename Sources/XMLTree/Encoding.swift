import CLibXML2

/// Text in UTF-8 from another encoding; nil when libxml2 does not know the encoding, or the text is not in it.
func convert(_ bytes: [UInt8], from encoding: String) -> [UInt8]? {
    guard let handler = unsafe xmlFindCharEncodingHandler(encoding) else { return nil }
    defer { unsafe xmlCharEncCloseFunc(handler) }
    guard let input = unsafe xmlBufferCreateSize(bytes.count), let output = unsafe xmlBufferCreate() else { return nil }
    defer {
        unsafe xmlBufferFree(input)
        unsafe xmlBufferFree(output)
    }
    let added = unsafe bytes.withUnsafeBufferPointer { buffer in
        unsafe xmlBufferAdd(input, buffer.baseAddress, Int32(clamping: buffer.count))
    }
    guard added == 0 else { return nil }
    while unsafe xmlBufferLength(input) > 0 {
        guard unsafe xmlCharEncInFunc(handler, output, input) > 0 else { return nil }
    }
    return unsafe Array(UnsafeBufferPointer(start: xmlBufferContent(output), count: Int(xmlBufferLength(output))))
}
