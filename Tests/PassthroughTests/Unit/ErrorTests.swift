import Containers
import DeviceAccess
import HostdevModel
import LinuxSystem
import Netlink
import SystemPackage
import Testing

@testable import Passthrough

/// The errors of the lower layers in the terms of the library.
@Suite struct ErrorTests {
    @Test(arguments: [
        (Errno.notPermitted, PassthroughError.Code.notPermitted), (.permissionDenied, .notPermitted),
        (.resourceBusy, .kernel), (.noSuchFileOrDirectory, .kernel),
    ])
    func theKernels(errno: Errno, code: PassthroughError.Code) {
        for cause in [NetlinkError(errno, "move eth0"), SystemError(errno, "open", "/x")] as [any Error] {
            let error = PassthroughError(cause)
            #expect(error.code == code && error.errno == errno)
            #expect(error.message == "\(cause)")
        }
    }

    @Test(arguments: [
        (ContainerError.Code.invalidReference, PassthroughError.Code.usage), (.ambiguous, .usage),
        (.noSuchContainer, .noSuchContainer), (.busy, .busy), (.notPermitted, .notPermitted), (.kernel, .kernel),
        (.engine, .kernel),
    ])
    func ofContainers(code: ContainerError.Code, expected: PassthroughError.Code) {
        #expect(PassthroughError(ContainerError(code, "why")) == PassthroughError(expected, "why"))
    }

    @Test func ofARecordThatCannotBeRead() {
        let error = PassthroughError(UnreadableRecord(path: "/x/1.xml", reason: "it is empty", bytes: []))
        #expect(error.code == .incompleteUndo && error.hint == Hint(.repairRecord))
    }

    @Test func ofAnythingElse() {
        struct Unknown: Error {}
        #expect(PassthroughError(Unknown()).code == .internal)
        let own = PassthroughError(.busy, "udev", device: "eth0")
        #expect(PassthroughError(own) == own)
    }

    /// The first failure stays as the cause, and each failure of the undo is a value.
    @Test func ofAnUndo() {
        let failure = PassthroughError(restoring: "eth0", NetlinkError(.resourceBusy, "add route"))
        #expect(failure.device == "eth0" && failure.errno == .resourceBusy)
        let first = PassthroughError(.nameTaken, "lan0 is taken", device: "eth1")
        #expect(first.with(failedUndo: []) == first)
        let error = first.with(failedUndo: [failure])
        #expect(error.code == .incompleteUndo && error.cause == .nameTaken && error.device == "eth1")
        #expect(error.failures == [failure] && error.hint == Hint(.recover))
        #expect(error.description == "lan0 is taken: \(failure.message)")
        // What was asked for has no cause, and is no more than its parts.
        let asked = PassthroughError(incompleteUndo: [failure, first])
        #expect(asked.cause == nil && asked.parts == [failure, first] && error.parts == [error])
    }

    @Test func aboutADeviceIsSaidOnce() {
        let error = PassthroughError(.kernel, "why").about(device: "eth0").about(device: "eth1", container: "lxc:web")
        #expect(error.device == "eth0" && error.container == "lxc:web")
    }

    /// A later release may have more.
    @Test func codesGrow() {
        let code = PassthroughError.Code(rawValue: "out-of-tea")
        #expect(code != .kernel && PassthroughError(code, "why").code.rawValue == "out-of-tea")
    }
}
