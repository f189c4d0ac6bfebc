/// What a container does with the interfaces that it has: it may do with them as it likes, except that it does not delete
/// them, and that they keep the alias by which they are found.
enum Disturbances {
    /// One of them, for up to three interfaces of the container's: `$i` is one's name.
    static func any(_ random: inout SeededRandom) -> (name: String, script: String) {
        let number = random.number(0..<100_000)
        let all: [(String, String)] = [
            ("renames", "ip link set $i down; ip link set $i name r\(number); ip link set r\(number) up"),
            ("takes a name of the host's", "ip link set $i down; ip link set $i name e\(number % 44)"),
            ("40 alternative names", "\(names(40, number))"),
            ("496 alternative names", "\(names(496, number))"),
            ("an alternative name of the host's", "ip link property add dev $i altname e\(number % 44)"),
            ("1000 addresses", addresses(1000)),
            ("1000 neighbours", neighbours(1000)),
            (
                "settings",
                """
                ip link set $i mtu 1290 txqueuelen 9 group 99 promisc on arp off
                # Of others nothing else is left by which they are known again.
                if ip link show $i | grep -q soak-e; then ip link set $i address 02:00:00:00:\(hex(number)):01; fi
                """
            ),
            ("discipline", "tc qdisc replace dev $i root handle 1: htb; tc qdisc replace dev $i clsact"),
            ("macvlan on it", "ip link add link $i name m\(number) type macvlan; ip link set m\(number) up"),
            ("port of a bridge", "ip link add b\(number) type bridge; ip link set $i master b\(number)"),
            (
                "moves it on",
                """
                unshare -n sleep 30 > /dev/null 2>&1 & b=$!
                until [ "$(readlink /proc/$b/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
                sign=$(ip -o link show $i | grep -o 'soak-[a-z0-9]*')
                ip link set $i netns $b && echo "moved on $sign"
                """
            ),
            ("links come and go", flood("link add x\(number) type veth peer name y\(number)", "link del x\(number)")),
            (
                "names come and go",
                flood("link property add dev $i altname z\(number)", "link property del dev $i altname z\(number)")
            ),
            ("renames for a while", flood("link set $i name z\(number)", "link set z\(number) name $i")),
        ]
        let (name, script) = all[random.number(0..<all.count)]
        return (
            name,
            """
            for i in $(ip -o link | grep 'alias soak-' | sed -E 's/^[0-9]+: ([^:@]+).*/\\1/' | shuf -n \(random.number(1..<4))); do
            \(script)
            done
            """
        )
    }

    private static func hex(_ number: Int) -> String { String(number % 90 + 10) }

    private static func names(_ count: Int, _ number: Int) -> String {
        """
        for n in $(seq \(count)); do
            printf 'link property add dev %s altname %0110d-%s-%d\\n' $i $n $i \(number)
        done | ip -force -batch - 2> /dev/null
        """
    }

    private static func addresses(_ count: Int) -> String {
        "for n in $(seq \(count)); do echo addr add 10.200.$((n / 250)).$((n % 250 + 1))/32 dev $i; done | ip -force -batch -"
    }

    private static func neighbours(_ count: Int) -> String {
        """
        for n in $(seq \(count)); do
            echo neigh add 10.201.$((n / 250)).$((n % 250 + 1)) lladdr 02:00:00:00:00:01 dev $i nud permanent
        done | ip -force -batch -
        """
    }

    /// For a second, as fast as it can.
    private static func flood(_ commands: String...) -> String {
        "(timeout 1 sh -c \"while :; do echo '\(commands.joined(separator: "\n"))'; done\") | ip -force -batch - 2> /dev/null"
    }
}
