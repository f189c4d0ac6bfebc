// Measures giving a container device nodes and taking them back, beside the programs that do that, and what device rules
// cost; and writes a table and a plot. Has to be started as root in network, mount and process namespaces of its own:
// Benchmarks/nodes does that.
//
// Usage: NodeBenchmark PROGRAM FOLDER [QUICK]
//        NodeBenchmark clean      takes away what a run that was killed has left on the machine

import DeviceAccess
import Glibc
import LinuxSystem
import Timing

if CommandLine.arguments.dropFirst() == ["clean"] {
    LoopDevices.remove()
    exit(0)
}
guard (3...4).contains(CommandLine.arguments.count) else {
    print("Usage: NodeBenchmark PROGRAM FOLDER [QUICK]")
    exit(64)
}
let program = CommandLine.arguments[1]
let folder = CommandLine.arguments[2]
let isQuick = CommandLine.arguments.count == 4

ControlGroups.requireBoth()
Command(shell: "mount --make-rprivate / && mount -t tmpfs tmpfs /run && ip link set lo up").run()
var all = Measurements(program: program, isQuick: isQuick)

let ownGroups = try DeviceControlGroups(of: getpid())

// Both versions, as on a hybrid host: hostdev looks at both.
let hybrid = LXCContainer.withFilter()
let race = all.one(
    "One node, control groups of both versions",
    [
        hybrid.contender([all.device]),
        Hostdev(program: program, reference: hybrid.reference).contender(all.device),
    ])
all.goal("attach of one node × `lxc-device add`, both versions", race["hostdev"]?.attachRatio ?? 0, 1.2)
let manyHybrid = all.several(hybrid, "both versions")
let crowd = RecordCrowd(program: program, sizes: [10, 1_000])
let crowded = crowd.race(all.device, reference: hybrid.reference, turns: all.turns(40))
crowd.end()
all.report.add("One node on a host with other attachments, by their number", crowded)
let hybridGroups = try DeviceControlGroups(of: hybrid.process)
let version1 = RuleCosts(DeviceControlGroups(v1: hybridGroups.v1))
try all.ruleCosts(version1, "version 1", goal: 0.1)
if let group = hybridGroups.v1, let home = ownGroups.v1 {
    let costs = try OpenCosts(group: group, home: home).lines(
        version1, many: Measurements.manyRules, turns: all.turns(10))
    all.report.add("An open in the container, version 1", costs.lines)
}
hybrid.end()

// Version 1 alone, beside libvirt.
ControlGroups.showVersion1()
let libvirt = LibvirtContainer()
let old = LXCContainer.withFilter()
let beside = all.one(
    "One node, version 1 alone",
    [
        old.contender([all.device]), libvirt.contender(all.device),
        Hostdev(program: program, reference: old.reference).contender(all.device),
        Hostdev(program: program, reference: libvirt.reference).contender(
            all.device, named: "hostdev, libvirt's container"),
    ], turns: 40)
if let own = beside["hostdev, libvirt's container"], let virsh = beside["virsh"] {
    all.goal("attach of one node × `virsh attach-device`", own.attach / virsh.attach, 1)
}
old.end()
libvirt.end()

// cgroup2 alone: LXC's monitor, or the override.
ControlGroups.showVersion2()
let unified = LXCContainer.withFilter()
let new = all.one(
    "One node, cgroup2 alone",
    [
        unified.contender([all.device]),
        Hostdev(program: program, reference: unified.reference).contender(all.device),
    ])
all.goal("attach of one node × `lxc-device add`, cgroup2", new["hostdev"]?.attachRatio ?? 0, 1.2)
let manyUnified = all.several(unified, "cgroup2")
let unifiedGroups = try DeviceControlGroups(of: unified.process)
let version2 = RuleCosts(unifiedGroups)
try all.ruleCosts(version2, "cgroup2", goal: 1)
if let group = unifiedGroups.v2, let home = try DeviceControlGroups(of: getpid()).v2 {
    let costs = try OpenCosts(group: group, home: home).lines(
        version2, many: Measurements.manyRules, turns: all.turns(10))
    all.report.add("An open in the container, cgroup2", costs.lines)
    all.goal("open with \(Measurements.manyRules) rules × without, cgroup2", costs.ratios[0], 1.05)
}
unified.end()

// An attach that ends as soon as its arguments are read, since no process has the number 0.
let refused = Command([program, "attach", "pid:0", "--misc", all.device], exitStatus: EX_USAGE)
let startUp = median((0..<all.turns(100)).map { _ in refused.run().milliseconds })
all.report.add("Start-up", ["| | ms |", "|---|---:|", "| `hostdev attach` of no container | \(rounded(startUp)) |"])
let count = Double(LoopDevices.paths.count)
all.goal("each of 100 nodes in one document above start-up, both versions", (manyHybrid - startUp) / count, 0.3, " ms")
all.goal("each of 100 nodes in one document above start-up, cgroup2", (manyUnified - startUp) / count, 0.3, " ms")
all.report.add("Goals", all.goals)

write(Plot(title: "Milliseconds to attach", groups: all.groups).svg, to: "\(folder)/nodes.svg")
write(all.report.text, to: "\(folder)/nodes.md")
print(all.report.text)
