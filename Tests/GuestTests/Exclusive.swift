import Testing

/// For suites whose tests use what the guest has once: one test of all suites that use the same runs at a time.
struct Exclusive: SuiteTrait, TestTrait, TestScoping {
    enum Use {
        /// SCSI units: the kernel gives a new one the first free number, and all units of the driver are of one type at a time.
        case scsiUnits
        /// The network cards.
        case cards
    }

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

    private static let scsiUnits = Turn()
    private static let cards = Turn()

    let use: Use

    private var turn: Turn {
        switch use {
        case .scsiUnits: Self.scsiUnits
        case .cards: Self.cards
        }
    }

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        await turn.begin()
        do {
            try await body()
        } catch {
            await turn.end()
            throw error
        }
        await turn.end()
    }
}

extension Trait where Self == Exclusive {
    /// Not beside another test that uses the same.
    static func exclusive(_ use: Exclusive.Use) -> Self { Exclusive(use: use) }
}
