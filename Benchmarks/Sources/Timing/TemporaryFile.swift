import Glibc

/// A file with a text, made now on the benchmark's own `/run`.
package func temporaryFile(_ text: String) -> String {
    var path = Array("/run/benchmark-XXXXXX".utf8CString)
    close(mkstemp(&path))
    let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    write(text, to: name)
    return name
}

/// Writes a text to a file, which is made where it is not there.
package func write(_ text: String, to path: String) {
    guard let file = fopen(path, "w"), fputs(text, file) >= 0, fclose(file) == 0 else {
        fatalError("\(path) cannot be written")
    }
}

/// What is in a file.
package func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { fatalError("\(path) cannot be read") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(byte)) }
    return String(decoding: bytes, as: UTF8.self)
}
