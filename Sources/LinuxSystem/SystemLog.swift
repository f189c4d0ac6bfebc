internal import Glibc

/// Says a line to the system's log, `syslog(3)`, as a daemon's notice. Where nobody listens, nobody hears it.
public func writeSystemLog(_ text: String) {
    unsafe text.withCString { text in unsafe withVaList([text]) { unsafe vsyslog(LOG_DAEMON | LOG_NOTICE, "%s", $0) } }
}
