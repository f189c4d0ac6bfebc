import Testing

@testable import Passthrough

/// What did not work is tried again, later and later.
@Suite struct PendingWorkTests {
    @Test func backOff() throws {
        var work = PendingWork<String>()
        work.add("a")
        #expect(work.next() == "a")
        var last = Duration.zero
        for attempt in 0..<40 {
            let before = ContinuousClock.now
            let isNews = work.postpone("a", for: "it is locked")
            #expect(isNews == (attempt == 0), "a failure is news once")
            let delay = before.duration(to: try #require(work.nextDue))
            #expect(delay >= last - .seconds(1) && delay >= .milliseconds(100))
            last = delay
        }
        #expect(last < .seconds(120))
        #expect(work.next() == nil)
        let isNews = work.postpone("a", for: "it is gone")
        #expect(isNews)
        // News of the container make it due at once.
        work.add("a")
        #expect(work.next() == "a")
        work.finish("a")
        #expect(work.isEmpty && work.nextDue == nil)
    }
}
