internal import SystemPackage

/// Runs a program in the namespaces of a process, as root there, and in its control groups of some hierarchies: for engines
/// that have no command that does so.
func runInside(_ id: Int32, _ command: [String], joining hierarchies: [FilePath]) throws -> CommandResult {
    let join = """
        for h in \(hierarchies.map(\.string).joined(separator: " ")); do
            case $h in
                */systemd) line=$(grep name=systemd: /proc/\(id)/cgroup);;
                */devices) line=$(grep :devices: /proc/\(id)/cgroup);;
                *) line=$(grep ^0:: /proc/\(id)/cgroup);;
            esac
            echo $$ > $h/${line##*:}/cgroup.procs
        done
        exec nsenter --target \(id) --all "$@"
        """
    return try run(["sh", "-ec", join, "sh"] + command)
}
