import Testing

/// For suites whose tests add and remove SCSI units: the kernel gives a new unit the first free number, and all units of the
/// driver are of one type at a time, so one test of all of these suites runs at a time.
struct SCSITurn: SuiteTrait, TestTrait, TestScoping {
    private actor Turn {
        private var isTaken = false
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func begin() async {
            guard isTaken else {
                isTaken = true
                return
            }
            await withCheckedContinuation { waiting.append($0) }
        }

        func end() {
            guard !waiting.isEmpty else {
                isTaken = false
                return
            }
            waiting.removeFirst().resume()
        }
    }

    private static let turn = Turn()

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        await Self.turn.begin()
        do {
            try await body()
        } catch {
            await Self.turn.end()
            throw error
        }
        await Self.turn.end()
    }
}

extension Trait where Self == SCSITurn {
    /// Not beside another test that adds or removes SCSI units.
    static var alone: Self { SCSITurn() }
}
