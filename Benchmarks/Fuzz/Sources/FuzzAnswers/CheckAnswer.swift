import SystemPackage

@testable import Containers

/// Checks one answer to the question for all instances and for one: it must be understood or be a problem, and when it ends
/// early it must be a problem.
func checkAnswer(_ bytes: [UInt8], from server: AnsweringServer) {
    let instances = InstanceServer(
        "fuzz", socket: "FUZZ_SOCKET", directory: "FUZZ_DIRECTORY", else: [FilePath(server.path)])
    server.answer = bytes
    let (claims, problems) = instances.claims()
    if !problems.isEmpty, !claims.isEmpty { fatalError("\(claims.count) instances in spite of \(problems)") }
    for claim in claims where claim.process <= 0 { fatalError("\(claim.name) runs as process \(claim.process)") }
    do {
        _ = try instances.claim("web")
    } catch {
        if error.description.isEmpty { fatalError("a problem without a word") }
    }

    guard problems.isEmpty, let end = bytes.lastIndex(where: { !" \t\r\n".utf8.contains($0) }) else { return }
    server.answer = Array(bytes[..<end])
    if instances.claims().problems.isEmpty { fatalError("half an answer is taken for a whole one") }
}
