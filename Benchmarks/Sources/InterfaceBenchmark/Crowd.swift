import CNamespaces
import Glibc
import Timing

/// Hosts with different numbers of other interfaces: network namespaces that the benchmark goes to in turns.
struct Crowd {
    private let host: Host
    private let sizes: [Int]
    private let turns: Int
    private let namespaces: [CInt]

    init(host: Host, sizes: [Int], turns: Int) {
        self.host = host
        self.sizes = sizes
        self.turns = turns
        let home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)
        namespaces = sizes.map { size in
            print("a host with \(size) other interfaces")
            guard unshare(network_namespace) == 0 else { fatalError("there is no network namespace") }
            host.makeInterfaces("eth", 1)
            // Both ends of a cable count.
            host.makeInterfaces("other", size / 2)
            let namespace = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)
            setns(home, network_namespace)
            return namespace
        }
    }

    /// The attach of one interface on each, in turns.
    func lines(program: String) -> [String] {
        let contender = Contenders(host: host, program: program, floor: "", interface: "eth", count: 1).hostdev
        var times = sizes.map { _ in [Double]() }
        for _ in 0..<turns {
            for (index, namespace) in namespaces.enumerated() {
                guard setns(namespace, network_namespace) == 0 else { fatalError("setns: \(errno)") }
                times[index].append(contender.run().attach.milliseconds)
            }
        }
        let ratios = times.map { median(zip($0, times[0]).map { $0 / $1 }) }
        return ["| other interfaces | attach, ms | × \(sizes[0]) |", "|---:|---:|---:|"]
            + sizes.indices.map { "| \(sizes[$0]) | \(rounded(median(times[$0]))) | \(rounded(ratios[$0])) |" }
    }
}
