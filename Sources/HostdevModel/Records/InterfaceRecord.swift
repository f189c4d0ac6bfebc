/// An interface that is in a container, and what it was on the host.
public struct InterfaceRecord: Hashable, Sendable {
    /// Its number in the container's network namespace.
    public var containerIndex: Int32
    /// Its name in the container.
    public var containerName: String
    /// The host's network namespace, where it belongs.
    public var home: FileID
    /// What the kernel said of it on the host, message for message: itself first, then what it carried.
    public var messages: [Message]

    /// A message of rtnetlink(7).
    public struct Message: Hashable, Sendable {
        /// What the message is about.
        public enum Subject: String, Hashable, Sendable, CaseIterable { case link, address, route, neighbour }

        /// What the message is about.
        public var subject: Subject
        /// The `RTM_` type.
        public var type: UInt16
        /// What follows `struct nlmsghdr`.
        public var bytes: [UInt8]
        /// The same for people.
        public var about: String

        /// A message from its parts.
        public init(subject: Subject, type: UInt16, bytes: [UInt8], about: String) {
            self.subject = subject
            self.type = type
            self.bytes = bytes
            self.about = about
        }
    }

    /// A record from its parts.
    public init(containerIndex: Int32, containerName: String, home: FileID, messages: [Message]) {
        self.containerIndex = containerIndex
        self.containerName = containerName
        self.home = home
        self.messages = messages
    }
}
