package import ByteStrings
package import Containers
package import HostdevModel

// What records say of devices, for those who prepare the next start of a container.
extension Backend {
    /// The names by which the host knows, or knew, the interfaces that containers have.
    package func namesOfAttachedInterfaces() throws -> Set<ByteString> {
        Set(try journal.records().filter(\.hostdev.isInterface).flatMap(\.hostNames))
    }

    /// The hostdevs of those of a container's attachments that selectors mean; none for a selector that means nothing there.
    package func hostdevs(
        _ selectors: [DeviceSelector], attachedTo reference: ContainerReference
    ) throws -> [Hostdev] {
        try select(selectors, from: ContainerLookup(reference), ifAttached: true).map(\.hostdev)
    }

    /// Refuses a device that a container has other than the one that is meant, unless guards are overridden. A device that was
    /// attached as shareable is not refused.
    ///
    /// - Parameters:
    ///   - hostdev: the device.
    ///   - name: its name on the host.
    ///   - reference: the full reference of the container that is meant, which may run or not.
    package func refuseAttached(
        _ hostdev: Hostdev, named name: String, otherThanTo reference: ContainerReference
    ) throws {
        guard !force else { return }
        let identity = try Self.running(reference)?.identity
        for record in try journal.records()
        where ByteString(record.container.reference) != ByteString(reference.description)
            && identity.map(record.isOf) != true
        {
            guard record.hostdev.isInterface == hostdev.isInterface, record.hostNames.contains(ByteString(name)),
                !(NodeOptions(record.hostdev.device)?.isShareable ?? false)
            else { continue }
            throw PassthroughError(
                .inUse, "\(record.hostName) is attached to \(record.container.reference)", device: record.hostName,
                container: record.container.reference, hint: Hint(.detachFirstOrForce))
        }
    }
}

extension Hostdev {
    /// Whether it is a network interface.
    package var isInterface: Bool { if case .net = device { true } else { false } }
}
