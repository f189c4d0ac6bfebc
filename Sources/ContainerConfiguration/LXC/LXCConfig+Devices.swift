internal import ByteStrings
internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

extension LXCConfiguredContainer: DeviceConfigured {}

extension LXCConfig: DeviceConfiguration {
    var entries: [ConfiguredEntry] {
        get throws {
            let settings = settings
            return try LXCInterface.all(settings).compactMap(ConfiguredEntry.init)
                + LXCMount.all(settings).map(ConfiguredEntry.init)
        }
    }

    func entries(for hostdev: Hostdev) throws -> [ConfiguredEntry] {
        let new = try hostdev.lxcEntries(in: self)
        for entry in new {
            if let other = try entries.first(where: { ByteString($0.key) == ByteString(entry.key) }) {
                throw ConfiguredAlready(entry: other)
            }
        }
        return new
    }

    mutating func add(_ entry: ConfiguredEntry) {
        add(entry.text.lines.map(String.init))
    }

    mutating func remove(_ entry: ConfiguredEntry) throws {
        let settings = settings
        let interface = LXCInterface.all(settings).first { $0.place == entry.place }
        let mount = try LXCMount.all(settings).first {
            entry.place == Self.mountEntry && ByteString($0.text) == ByteString(entry.text)
        }
        if let file = interface?.file ?? mount?.file {
            throw PassthroughError(
                .notSupported, "\(entry.text) in \(entry.place) stands in \(file), which the configuration includes",
                hint: .words("take it out of there: other containers may include that file too"))
        }
        if let interface {
            remove { key, _ in key.hasPrefix(interface.place + ".") }
        } else if let mount {
            let number = try hostNode(mount.node)?.device
            removeMountEntry(mount.text, isOurs: mount.isOurs) { rule in
                number.map { LXCMount.isRule(rule, for: $0) } ?? false
            }
        }
    }

    /// A rule has a number, and that may be another one by now.
    func difference(of entry: ConfiguredEntry) throws -> ConfigurationDifference? {
        guard let node = entry.node, let number = try hostNode(node)?.device else { return nil }
        // Those of the other version of control groups say nothing here.
        let keys = try LXCHost().ruleKeys
        let rules = settings.filter { keys.contains($0.key) }.map(\.value)
        let denied = settings.contains { setting in
            setting.value == "a" && keys.contains(setting.key.replacing(".devices.deny", with: ".devices.allow"))
                && setting.key.hasSuffix(".devices.deny")
        }
        guard denied, !rules.contains(where: { LXCMount.covers($0, number) }) else { return nil }
        return ConfigurationDifference(what: "rule", expected: "\(number)", found: "no rule for that number")
    }

    func warnings(_ added: [Attachment], of container: LXCConfiguredContainer) -> [String] {
        guard settings.contains(where: { $0.key == "lxc.idmap" }) else { return [] }
        return added.filter { !$0.hostdev.isInterface }.map {
            "\($0.hostdev) keeps its owner of the host's, whom \(container.reference) does not have: "
                + "--live gives it one that it has"
        }
    }
}
