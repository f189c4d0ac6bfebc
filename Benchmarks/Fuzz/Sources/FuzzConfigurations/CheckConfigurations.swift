import Containers

/// Checks that what is added to a conf of OpenVZ's is read, with all that was there, and that taking it away gives the same
/// file: at once where the last of several lines counts, and else once a list of several lines has become one.
func checkOpenVZ(_ bytes: [UInt8]) {
    // One list for each input: more inputs find more.
    let list = OpenVZConf.List.allCases[bytes.count % OpenVZConf.List.allCases.count]
    for onlyLastLineCounts in [true, false] {
        let before = OpenVZConf(bytes: bytes, id: "101", onlyLastLineCounts: onlyLastLineCounts)
        guard !before.words(list).contains("new9:rw") else { return }
        let removed = checkOpenVZ(before, list)
        if onlyLastLineCounts, removed != before { fatalError("\(list): \(removed.bytes) is not the same file") }
        if checkOpenVZ(removed, list) != removed { fatalError("\(list): \(removed.bytes) is not the same again") }
    }
}

private func checkOpenVZ(_ before: OpenVZConf, _ list: OpenVZConf.List) -> OpenVZConf {
    var conf = before
    conf.add("new9:rw", to: list)
    for other in OpenVZConf.List.allCases {
        let expected = before.words(other) + (other == list ? ["new9:rw"] : [])
        guard Set(conf.words(other)) == Set(expected) else { fatalError("\(other): \(conf.bytes) has not \(expected)") }
    }
    conf.remove(list) { $0 == "new9:rw" }
    return conf
}

/// Checks the same of a configuration of LXC's: there nothing is ever made anew.
func checkLXC(_ bytes: [UInt8]) {
    let before = LXCConfig(bytes: bytes)
    var config = before
    config.add(["lxc.new.type = phys", "lxc.new.link = eth9"])
    let (settings, expected) = (config.settings, before.settings)
    guard settings.dropLast(2) == expected[...], settings.suffix(2).map(\.value) == ["phys", "eth9"] else {
        fatalError("\(config.bytes) has not what was added")
    }
    config.remove { key, value in ["lxc.new.type phys", "lxc.new.link eth9"].contains("\(key) \(value)") }
    let had = expected.contains { $0.key.hasPrefix("lxc.new.") }
    if config != before, !had { fatalError("\(config.bytes) is not the same file") }
}
