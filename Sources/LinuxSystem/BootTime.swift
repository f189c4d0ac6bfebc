internal import Glibc

/// How long the machine has run, sleep included, in milliseconds: CLOCK_BOOTTIME, clock_gettime(2).
public func millisecondsSinceBoot() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
}
