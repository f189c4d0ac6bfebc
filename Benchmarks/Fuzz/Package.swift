// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "hostdev", path: "../..")],
    targets: [
        .systemLibrary(name: "CLibFuzzer"),
        // Feeds the model with whatever libFuzzer thinks of. The sanitizers are options of the build: see ./run.
        .executableTarget(
            name: "FuzzReading", dependencies: ["CLibFuzzer", .product(name: "HostdevModel", package: "hostdev")]),
    ]
)
