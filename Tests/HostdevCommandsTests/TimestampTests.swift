import Testing

@testable import HostdevCommands

@Suite struct TimestampTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00Z"), (951_827_696, "2000-02-29T12:34:56Z"),
        (1_795_255_200, "2026-11-21T10:00:00Z"), (4_102_444_799, "2099-12-31T23:59:59Z"),
    ])
    func isRFC3339(seconds: Int64, text: String) {
        #expect(timestamp(seconds) == text)
    }
}
