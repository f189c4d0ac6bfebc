// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "hostdev", path: "..")],
    targets: [
        .systemLibrary(
            name: "CLibXML2Alone", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        // Reading documents, beside what libxml2 takes to build its own tree of them.
        .executableTarget(
            name: "ReadingBenchmark",
            dependencies: ["CLibXML2Alone", .product(name: "HostdevModel", package: "hostdev")]),
        // Whole processes, run again and again beside each other, and the report of that.
        .target(name: "Timing"),
        // The whole program with one small document, beside xmllint.
        .executableTarget(name: "ValidateBenchmark", dependencies: ["Timing"]),
        // Moving interfaces: the whole program beside its peers, and beside a program that does nothing but the move.
        .executableTarget(name: "InterfaceBenchmark", dependencies: ["Timing", "CNamespaces"]),
        // Finding containers, in this process.
        .executableTarget(
            name: "ContainerBenchmark", dependencies: ["Timing", .product(name: "Passthrough", package: "hostdev")]),
        .executableTarget(name: "MoveFloor"),
        // Giving nodes: the whole program beside its peers, and what device rules cost in a process.
        .executableTarget(
            name: "NodeBenchmark",
            dependencies: ["Timing", "CNamespaces", .product(name: "DeviceAccess", package: "hostdev")]),
        // Containers that give and take devices for an hour, and what is wrong then: see scripts/soak.
        .executableTarget(
            name: "Soak",
            dependencies: [
                "CNamespaces", .product(name: "TestHost", package: "hostdev"),
                .product(name: "DeviceAccess", package: "hostdev"),
            ]),
        .systemLibrary(name: "CNamespaces"),
    ]
)
