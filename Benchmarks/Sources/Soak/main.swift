import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments == ["clean"] {
    LoopDevice.removeAll()
    exit(0)
}
guard let settings = Settings(arguments) else {
    print("scripts/soak starts this, and says how")
    exit(64)
}
func made() -> Soak {
    do {
        return try Soak(settings)
    } catch {
        print("no host can be made: \(error)")
        exit(69)
    }
}
let soak = made()
// Whoever interrupts it gets the figures as well.
nonisolated(unsafe) var interrupted = soak
for number in [SIGINT, SIGTERM] { signal(number) { _ in interrupted.stopEarly() } }
soak.run()
print(Report(soak: soak).text)
exit(soak.ledger.all.faults.isEmpty ? 0 : 1)
