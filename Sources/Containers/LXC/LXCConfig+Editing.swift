internal import ByteStrings

extension LXCConfig {
    /// Adds lines at the end of the text, where nothing comes that could make them void.
    ///
    /// They end as the lines before them do, and a last line that does not end is followed by one that does not:
    /// ``remove(where:)`` then gives the same file.
    public mutating func add(_ lines: [String]) {
        let end = LXCLine.textEnd(bytes)
        let ending = bytes[..<end].contains(.carriageReturn) ? "\r\n" : "\n"
        let text = lines.joined(separator: ending)
        let isWhole = bytes[..<end].last?.endsLine ?? true
        bytes.insert(contentsOf: (isWhole ? text + ending : ending + text).utf8, at: end)
    }

    /// Takes lines of the file itself out of it; those of included files are nobody's to change here.
    public mutating func remove(where isMeant: (_ key: String, _ value: String) -> Bool) {
        remove(LXCLine.lines(bytes).filter { isMeant($0.key, $0.value) })
    }

    /// Takes the line of a mount entry out, with the device rules right before it that belong to it: those that ``add(_:)``
    /// was given with it, one for each version of control groups or for one alone, else those of its number.
    ///
    /// - Parameter isOurs: whether the mount has the form that hostdev writes, so that a rule right before it in the form that
    ///   hostdev writes came with it.
    public mutating func removeMountEntry(
        _ value: String, isOurs: Bool = false, isRuleOfNumber: (_ value: String) -> Bool
    ) {
        let lines = LXCLine.lines(bytes)
        guard
            let number = lines.firstIndex(where: {
                $0.key == Self.mountEntry && ByteString($0.value) == ByteString(value)
            })
        else { return }
        var first = number
        while first > 0, lines[first - 1].range.upperBound == lines[first].range.lowerBound,
            Self.deviceRules.contains(lines[first - 1].key)
        {
            first -= 1
        }
        var rules = lines[first..<number]
        let last = rules.suffix(2)
        if last.map(\.key) == Self.deviceRules, Set(last.map(\.value)).count == 1 {
            rules = last
        } else if isOurs, let rule = rules.last, rule.value.hasSuffix(" rw") || rule.value.hasSuffix(" r") {
            rules = rules.suffix(1)
        } else {
            rules = rules[(rules.lastIndex { !isRuleOfNumber($0.value) }.map { $0 + 1 } ?? first)...]
        }
        remove(rules + [lines[number]])
    }

    /// The key of a mount, in the form of fstab(5).
    public static let mountEntry = "lxc.mount.entry"
    /// The keys of device rules, for versions 1 and 2 of control groups. LXC before 7 passes over those of the other one.
    public static let deviceRules = ["lxc.cgroup.devices.allow", "lxc.cgroup2.devices.allow"]

    private mutating func remove(_ lines: some BidirectionalCollection<LXCLine>) {
        for line in lines.reversed() {
            var start = line.range.lowerBound
            // Its own end may have gone already, with the line behind it.
            let end = min(line.range.upperBound, LXCLine.textEnd(bytes))
            // The last line of all, without an end: the one before it becomes that again.
            if !bytes[end - 1].endsLine {
                if start > 0, bytes[start - 1] == .lineFeed { start -= 1 }
                if start > 0, bytes[start - 1] == .carriageReturn { start -= 1 }
            }
            bytes.removeSubrange(start..<end)
        }
    }
}
