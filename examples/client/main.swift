// A client of the library. It gives a container an interface of the host while it runs:
//
//     example-client CONTAINER INTERFACE ADDRESS/PREFIX
//
// The interface returns to the host, with its former settings, when standard input ends.
import Glibc
import Passthrough

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 3 else { fatalError("usage: example-client CONTAINER INTERFACE ADDRESS/PREFIX") }

let backend = Backend(state: StateDirectory("/run/hostdev")) { event in
    if event.kind == .finished { print("\(event.step.step) \(event.step.device)") }
}
do {
    let container = try ContainerReference(arguments[1])
    var net = NetDevice(source: .name(try InterfaceName(arguments[2])))
    net.addresses = [try InterfaceAddress(IPPrefix(arguments[3]))]

    let outcome = try backend.attach([Hostdev(.net(net))], to: container)
    for case .interface(let interface) in outcome.attached.map(\.device) {
        let addresses = interface.addresses.map(\.description).joined(separator: " ")
        print("attached \(interface.hostName) to \(container) as \(interface.containerName) with \(addresses)")
    }
    while readLine() != nil {}

    for attachment in outcome.attached {
        let back = try backend.detach(attachment: attachment.id)
        print("detached \(back.detached.count) device")
    }
} catch let error as PassthroughError {
    print("error: \(error.code.rawValue): \(error)")
    if error.hint?.isOverridable == true { print("a backend with force would do it") }
    exit(1)
} catch {
    print("error: \(error)")
    exit(65)
}
