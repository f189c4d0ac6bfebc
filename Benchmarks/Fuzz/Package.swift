// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "hostdev", path: "../..")],
    targets: [
        .systemLibrary(name: "CLibFuzzer"),
        // Each of the others feeds a part with whatever libFuzzer thinks of. The sanitizers are options of the build: see
        // ./run.
        .target(name: "FuzzDriver", dependencies: ["CLibFuzzer"]),
        .executableTarget(
            name: "FuzzReading", dependencies: ["FuzzDriver", .product(name: "HostdevModel", package: "hostdev")]),
        .executableTarget(
            name: "FuzzConfigurations", dependencies: ["FuzzDriver", .product(name: "Containers", package: "hostdev")]),
        .executableTarget(
            name: "FuzzJSON", dependencies: ["FuzzDriver", .product(name: "Containers", package: "hostdev")]),
        .executableTarget(
            name: "FuzzMounts", dependencies: ["FuzzDriver", .product(name: "DeviceAccess", package: "hostdev")]),
        .executableTarget(
            name: "FuzzAnswers", dependencies: ["FuzzDriver", .product(name: "Containers", package: "hostdev")]),
        .executableTarget(
            name: "FuzzKernelMessages", dependencies: ["FuzzDriver", .product(name: "Netlink", package: "hostdev")]),
    ]
)
