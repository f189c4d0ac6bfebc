import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import Containers

@Suite struct OpenVZHostTests {
    @Test func modesAreToldApart() {
        #expect(OpenVZHost.mode(hasKernel: false, hasPIDs: false) == .upstream)
        #expect(OpenVZHost.mode(hasKernel: false, hasPIDs: true) == .upstream)
        #expect(OpenVZHost.mode(hasKernel: true, hasPIDs: false) == .kernel)
        #expect(OpenVZHost.mode(hasKernel: true, hasPIDs: true) == .seven)
    }

    /// In the shape in which kernels of OpenVZ's print it.
    @Test(
        arguments: [
            ("Name:\tinit\nenvID:\t101\nVPid:\t1\n", true),
            ("Name:\tinit\nenvID:\t1011\nVPid:\t1\n", false),
            ("Name:\tsleep\nenvID:\t101\nVPid:\t12\n", false),
            ("Name:\tinit\nNSpid:\t4242\t1\nenvID:\t101\n", true),
            ("Name:\tinit\nNSpid:\t4242\t1\n", false),
            ("Name:\tenvID: 101\nNSpid:\t4242\t1\nenvID:\t102\n", false),
            ("", false),
        ] as [(String, Bool)])
    func knowsTheInitOfAnEnvironment(status: String, isInit: Bool) {
        #expect(OpenVZEngine.isInit(status, ofEnvironment: "101") == isInit)
    }

    @Test(
        arguments: [
            ("101", true), ("0", false), ("", false), ("6b1d6b2c-0000-4000-8000-001122334455", true), ("web", false),
            ("../101", false), ("vps.basic", false),
        ] as [(String, Bool)])
    func ids(text: String, isID: Bool) {
        #expect(OpenVZContainer.isID(text) == isID)
    }

    /// OpenVZ 7 holds locks of flock(2) beside vzctl's: they are waited for, and their files stay.
    @Test func locksOfOpenVZ7() throws {
        try onThrowawayHost {
            let take = {
                _ = try OpenVZLock(
                    "101", in: "/run/lock", files: ["/run/101.conf.lck"], until: .now, whileWaiting: {})
            }
            try take()
            let left = try sh("ls -A /run/lock; ls /run/101.conf.lck")
            #expect(left == "/run/101.conf.lck\n")
            let holder = try RunningCommand([
                "flock", "--no-fork", "/run/101.conf.lck", "sh", "-c", "echo held; exec sleep 1000",
            ])
            defer { holder.end() }
            try until("! flock --nonblock /run/101.conf.lck true")
            let error = #expect(throws: ContainerError.self) { try take() }
            #expect(error?.code == .busy)
        }
    }
}
