internal import CLinux
internal import Glibc

/// Returns how long the machine has run, including suspend, in milliseconds: CLOCK_BOOTTIME, clock_gettime(2).
public func millisecondsSinceBoot() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
}

/// Returns the time since 1970, UTC: CLOCK_REALTIME.
public func timeSince1970() -> Duration {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

/// Raises the number of descriptors that this process may open to its hard limit: RLIMIT_NOFILE, getrlimit(2).
public func raiseDescriptorLimit() {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}

/// Writes a line to the system log as a daemon's notice: `syslog(3)`. Without effect when no log daemon runs.
public func writeSystemLog(_ text: String) {
    unsafe text.withCString { text in unsafe withVaList([text]) { unsafe vsyslog(LOG_DAEMON | LOG_NOTICE, "%s", $0) } }
}
