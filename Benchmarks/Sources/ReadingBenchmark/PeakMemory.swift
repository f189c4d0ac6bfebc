import Glibc

/// The most memory that processes of their own have had in use, in KiB.
struct PeakMemory {
    /// A process that has the document and does nothing with it.
    let idle: Int
    /// One in which libxml2 has read it.
    let libxml2: Int
    /// One in which the model has read it.
    let model: Int

    /// How many times as much as libxml2 the model took, on top of what an idle process has anyway.
    var ratio: Double { Double(model - idle) / Double(libxml2 - idle) }

    init(_ bytes: [UInt8]) {
        let path = "/tmp/reading-benchmark-\(getpid()).xml"
        guard let file = fopen(path, "w") else { fatalError("\(path) cannot be written") }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        defer { unlink(path) }
        idle = Self.ofChild("idle", path)
        libxml2 = Self.ofChild(Reader.libxml2.rawValue, path)
        model = Self.ofChild(Reader.model.rawValue, path)
    }

    private static func ofChild(_ reader: String, _ path: String) -> Int {
        guard let output = popen("exec '\(CommandLine.arguments[0])' peak \(reader) \(path)", "r") else {
            fatalError("there is no child process")
        }
        defer { pclose(output) }
        var line = [CChar](repeating: 0, count: 32)
        guard fgets(&line, Int32(line.count), output) != nil else { fatalError("the child process failed") }
        return atol(line)
    }

    /// What a child process does: it reads the document, and prints its own peak.
    static func measureSelf(_ reader: String, _ path: String) {
        let bytes = contents(path)
        Reader(rawValue: reader)?.read(bytes)
        let status = String(decoding: contents("/proc/self/status"), as: UTF8.self)
        for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") { print(line.filter(\.isNumber)) }
    }

    private static func contents(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { fatalError("\(path) cannot be read") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 << 20)  // of which no more is used than there is to read
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }
}
