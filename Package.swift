// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// A module of ours and the test target that goes with it.
///
/// - Parameter data: the folder of the tests that holds what they read.
func module(
    _ name: String, _ dependencies: [Target.Dependency], testedWith extra: [Target.Dependency] = [],
    data: [String] = []
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: strict),
        .testTarget(
            name: name + "Tests", dependencies: [.byName(name: name)] + dependencies + extra, exclude: data,
            swiftSettings: strict),
    ]
}

let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "hostdev",
    products: [
        .library(name: "HostdevModel", targets: ["HostdevModel"]),
        .library(name: "Passthrough", targets: ["Passthrough"]),
        .library(name: "DeviceAccess", targets: ["DeviceAccess", "LinuxSystem"]),
        .library(name: "Containers", targets: ["Containers"]),
        .library(name: "Netlink", targets: ["Netlink"]),
        .executable(name: "hostdev", targets: ["hostdev"]),
        // For Benchmarks, which have hosts and containers to throw away as well.
        .library(name: "TestHost", targets: ["TestHost"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CNetlink", pkgConfig: "libnl-3.0",
            providers: [.apt(["libnl-3-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "CLinux"),
        .executableTarget(name: "hostdev", dependencies: ["HostdevCommands"], swiftSettings: strict),
        // Throw-away hosts and containers: what the tests that change a kernel build on.
        .target(
            name: "TestHost", dependencies: ["LinuxSystem", system], path: "Tests/TestHost", exclude: ["fake-vzctl"],
            swiftSettings: strict),
        // The built program, from outside: standard output, standard error and exit status; in the guest with real devices.
        .testTarget(
            name: "GuestTests", dependencies: ["hostdev", "TestHost", "DeviceAccess", "LinuxSystem", system],
            swiftSettings: strict),
        .testTarget(
            name: "ProgramTests", dependencies: ["hostdev", "TestHost", "DeviceAccess", "LinuxSystem", system],
            swiftSettings: strict),
    ]
        + module("ByteStrings", [])
        + module("LinuxSystem", ["ByteStrings", "CLinux", system], testedWith: ["TestHost"])
        + module("XMLTree", ["ByteStrings", "CLibXML2"])
        + module("HostdevModel", ["ByteStrings", "XMLTree"])
        + module("NodeDevices", ["ByteStrings", "HostdevModel", "LinuxSystem", system])
        + module("Netlink", ["ByteStrings", "CNetlink", "LinuxSystem", system], testedWith: ["TestHost"])
        + module("DeviceAccess", ["ByteStrings", "LinuxSystem", "CLinux", system], testedWith: ["TestHost"])
        + module("Containers", ["ByteStrings", "LinuxSystem", system], testedWith: ["TestHost"])
        + module(
            "Passthrough",
            [
                "ByteStrings", "XMLTree", "HostdevModel", "NodeDevices", "Netlink", "DeviceAccess", "Containers",
                "LinuxSystem", system,
            ],
            testedWith: ["TestHost"], data: ["Journal/Records-0.1.0"])
        + module(
            "HostdevCommands",
            [
                "Passthrough", "ByteStrings", "HostdevModel", "NodeDevices", "Containers", "LinuxSystem", arguments,
                system,
            ])
)
