import Timing

/// The contenders for a character device, or for block devices in one document.
struct Hostdev {
    let program: String
    /// The container, in full.
    let reference: String
    var state = "/run/hostdev"

    /// One that has a short form.
    func contender(_ device: String, named name: String = "hostdev") -> Contender {
        contender(name, ["--misc", device])
    }

    /// Several of a document.
    func contender(_ devices: [String]) -> Contender {
        contender("hostdev", [Self.document(.storage, devices.map { ($0, $0) })])
    }

    private func contender(_ name: String, _ arguments: [String]) -> Contender {
        let common = [reference, "--state-dir", state]
        return Contender(name: name) {
            [Command([program, "attach"] + common + arguments)]
        } detach: {
            [Command([program, "detach"] + common + ["--all"])]
        }
    }

    enum Kind: String { case misc, storage }

    /// A document with devices, and under which names the container gets them.
    static func document(_ kind: Kind, _ devices: [(source: String, target: String)]) -> String {
        let elements = devices.map {
            "<hostdev mode='capability' type='\(kind)'><source dev='\($0.source)'/><target dev='\($0.target)'/></hostdev>"
        }
        return temporaryFile("<devices>\n\(elements.joined(separator: "\n"))\n</devices>\n")
    }
}

extension LXCContainer {
    /// What denies all but what is listed, in both versions.
    static let filter = ["cgroup", "cgroup2"].flatMap {
        ["lxc.\($0).devices.deny = a", "lxc.\($0).devices.allow = c 1:3 rwm"]
    }

    /// A container with a `/dev` of its own and a filter.
    static func withFilter() -> LXCContainer {
        guard let container = LXCContainer(["lxc.autodev = 1"] + filter) else { fatalError("LXC is not installed") }
        return container
    }

    /// `lxc-device add DEVICE`, `lxc-device del DEVICE`, for each.
    func contender(_ devices: [String]) -> Contender {
        Contender(name: devices.count == 1 ? "lxc-device" : "lxc-device, \(devices.count) times") {
            devices.map { device(["add", $0]) }
        } detach: {
            devices.map { device(["del", $0]) }
        }
    }
}
