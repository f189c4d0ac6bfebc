internal import LinuxSystem
internal import SystemPackage

/// The OpenVZ installation on this host: the kind of kernel, and the paths of vzctl.
struct OpenVZHost: Sendable {
    /// The kind of kernel, on which the paths of state files depend.
    enum Mode: Hashable, Sendable {
        /// Any kernel with namespaces and control groups, with vzctl 4.
        case upstream
        /// A kernel with OpenVZ's patches, with vzctl 4.
        case kernel
        /// The kernel of OpenVZ 7 and later, with libvzctl.
        case seven
    }

    static let directory: FilePath = "/etc/vz"
    static let confDirectory: FilePath = "/etc/vz/conf"
    static let namesDirectory: FilePath = "/etc/vz/names"
    static let upstreamPIDs: FilePath = "/var/lib/vzctl/vepid"
    static let sevenPIDs: FilePath = "/run/ve"

    let mode: Mode
    /// `vz.conf`, whose paths differ between distributions.
    private let global: OpenVZConf

    init() throws(ContainerError) {
        mode = Self.mode(hasKernel: try isThere("/proc/vz"), hasPIDs: try isThere(Self.sevenPIDs))
        let path = Self.directory.appending("vz.conf")
        do throws(SystemError) {
            global = OpenVZConf(bytes: try readBytes(path), id: "")
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw ContainerError(OpenVZContainer.engine, error) }
            // vzctl does not run without the file, so no other process takes locks.
            global = OpenVZConf(bytes: [], id: "")
        }
    }

    /// Returns the kind of kernel. An OpenVZ kernel has `/proc/vz`, and only libvzctl keeps PID files below `/run/ve`.
    static func mode(hasKernel: Bool, hasPIDs: Bool) -> Mode {
        hasKernel ? hasPIDs ? .seven : .kernel : .upstream
    }

    /// Returns a path from `vz.conf`, for the container with an id.
    func path(_ variable: String, id: String) -> FilePath? {
        OpenVZConf(bytes: global.bytes, id: id).value(variable).flatMap { $0.hasPrefix("/") ? FilePath($0) : nil }
    }

    /// The directory of vzctl's locks.
    var lockDirectory: FilePath { path("LOCKDIR", id: "") ?? "/vz/lock" }
}
