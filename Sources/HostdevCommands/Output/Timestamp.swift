internal import FoundationEssentials

/// Seconds since 1970 as RFC 3339 has them, in UTC: `2026-11-22T10:00:00Z`.
func timestamp(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
}
