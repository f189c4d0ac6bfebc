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
        // The whole program with one small document, beside xmllint.
        .executableTarget(name: "ValidateBenchmark"),
    ]
)
