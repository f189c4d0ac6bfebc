internal import LinuxSystem
internal import SystemPackage

/// What there is of OpenVZ on this host: where vzctl keeps things, and which kernel it has.
struct OpenVZHost: Sendable {
    /// What carries the containers. The files that tell are different ones.
    enum Mode: Hashable, Sendable {
        /// Namespaces and control groups of any kernel: vzctl 4 without a kernel of its own.
        case upstream
        /// A kernel with OpenVZ's patches, and vzctl 4.
        case kernel
        /// OpenVZ 7 and later: a kernel of its own and libvzctl.
        case seven
    }

    static let folder: FilePath = "/etc/vz"
    static let confFolder: FilePath = "/etc/vz/conf"
    static let namesFolder: FilePath = "/etc/vz/names"
    static let upstreamPIDs: FilePath = "/var/lib/vzctl/vepid"
    static let sevenPIDs: FilePath = "/run/ve"

    let mode: Mode
    /// `vz.conf`, whose paths differ between distributions.
    private let global: OpenVZConf

    init() throws(ContainerError) {
        func exists(_ path: FilePath) -> Bool { (try? FileStatus.of(path)) != nil }
        mode = Self.mode(hasKernel: exists("/proc/vz"), hasPIDs: exists(Self.sevenPIDs))
        let path = Self.folder.appending("vz.conf")
        do throws(SystemError) {
            global = OpenVZConf(bytes: try readBytes(path), id: "")
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw ContainerError(OpenVZContainer.engine, error) }
            // vzctl does not run without: then nothing is to be kept in step with it.
            global = OpenVZConf(bytes: [], id: "")
        }
    }

    /// A kernel of OpenVZ's has `/proc/vz`; only libvzctl keeps PID files below `/run/ve`.
    static func mode(hasKernel: Bool, hasPIDs: Bool) -> Mode {
        hasKernel ? hasPIDs ? .seven : .kernel : .upstream
    }

    /// A path that `vz.conf` names, for the container of an id.
    func path(_ variable: String, id: String) -> FilePath? {
        OpenVZConf(bytes: global.bytes, id: id).value(variable).flatMap { $0.hasPrefix("/") ? FilePath($0) : nil }
    }

    /// The folder with vzctl's locks.
    var lockFolder: FilePath { path("LOCKDIR", id: "") ?? "/vz/lock" }
}
