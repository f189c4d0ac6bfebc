// A client of the library. It gives a container an interface of the host while it runs:
//
//     example-client CONTAINER INTERFACE ADDRESS/PREFIX
//
// The interface returns to the host, with its former settings, when standard input ends.
import Containers
import Glibc
import HostdevModel
import Passthrough
import SystemPackage

guard CommandLine.arguments.count == 4 else {
    print("usage: example-client CONTAINER INTERFACE ADDRESS/PREFIX")
    exit(64)
}
let backend = Backend(state: StateDirectory("/run/hostdev"), observe: { print("step:", $0) })

do {
    let container = try ContainerReference(CommandLine.arguments[1])
    let interface = NetDevice(
        source: .name(try InterfaceName(CommandLine.arguments[2])),
        addresses: [try InterfaceAddress(IPPrefix(CommandLine.arguments[3]))])

    let outcome = try backend.attach([Hostdev(.net(interface))], to: container)
    for attachment in outcome.attached {
        if case .interface(let interface) = attachment.device {
            print("attached \(interface.hostName) to \(attachment.container) as \(interface.containerName)")
        }
    }
    while readLine() != nil {}

    let ids = outcome.attached.map { DeviceSelector.id($0.id) }
    let back = try backend.detach(ids, from: container)
    print("detached \(back.detached.count) device")
} catch let error as PassthroughError {
    print("error: \(error.code.rawValue): \(error)")
    exit(1)
} catch {
    print("error: \(error)")
    exit(65)
}
