// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// Returns a module and its test target.
///
/// - Parameter data: the directory with the data of the tests.
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
        .library(name: "ContainerConfiguration", targets: ["ContainerConfiguration"]),
        .library(name: "DeviceAccess", targets: ["DeviceAccess", "LinuxSystem"]),
        .library(name: "Containers", targets: ["Containers"]),
        .library(name: "Netlink", targets: ["Netlink"]),
        .library(name: "NodeDevices", targets: ["NodeDevices"]),
        .executable(name: "hostdev", targets: ["hostdev"]),
        // For the package in Benchmarks, which also uses throw-away hosts and containers.
        .library(name: "TestHost", targets: ["TestHost"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CNetlink", pkgConfig: "libnl-3.0 libnl-route-3.0 libnl-genl-3.0",
            providers: [.apt(["libnl-3-dev", "libnl-route-3-dev", "libnl-genl-3-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "CLinux"),
        .executableTarget(name: "hostdev", dependencies: ["HostdevCommands"], swiftSettings: strict),
        .executableTarget(
            name: "example-client", dependencies: ["Passthrough"],
            path: "examples/client", swiftSettings: strict),
        // Throw-away hosts and containers for tests that change the kernel.
        .target(
            name: "TestHost", dependencies: ["LinuxSystem", system], path: "Tests/TestHost", exclude: ["fake-vzctl"],
            swiftSettings: strict),
        // Tests of the built program by its output and exit status. GuestTests use the devices of the guest.
        .testTarget(
            name: "GuestTests", dependencies: ["hostdev", "TestHost", "DeviceAccess", "LinuxSystem", system],
            swiftSettings: strict),
        .testTarget(
            name: "ProgramTests",
            dependencies: ["hostdev", "example-client", "TestHost", "DeviceAccess", "LinuxSystem", system],
            swiftSettings: strict),
    ]
        + module("ByteStrings", [])
        + module("LinuxSystem", ["ByteStrings", "CLinux", system], testedWith: ["TestHost"])
        + module("XMLTree", ["ByteStrings", "CLibXML2"])
        + module("HostdevModel", ["ByteStrings", "XMLTree"])
        + module(
            "NodeDevices", ["ByteStrings", "HostdevModel", "LinuxSystem", system], data: ["Physical/Recorded"])
        + module("Netlink", ["ByteStrings", "CNetlink", "LinuxSystem", system], testedWith: ["TestHost"])
        + module("DeviceAccess", ["ByteStrings", "LinuxSystem", "CLinux", system], testedWith: ["TestHost"])
        + module("Containers", ["ByteStrings", "LinuxSystem", system], testedWith: ["TestHost"])
        + module(
            "Passthrough",
            [
                "ByteStrings", "XMLTree", "HostdevModel", "NodeDevices", "Netlink", "DeviceAccess", "Containers",
                "LinuxSystem", system,
            ],
            testedWith: ["TestHost", "CNetlink"], data: ["Journal/Records-0.1.0"])
        + module(
            "ContainerConfiguration",
            [
                "Passthrough", "ByteStrings", "HostdevModel", "NodeDevices", "Netlink", "DeviceAccess", "Containers",
                "LinuxSystem", system,
            ])
        + module(
            "HostdevCommands",
            [
                "ContainerConfiguration", "Passthrough", "ByteStrings", "HostdevModel", "NodeDevices", "Containers",
                "LinuxSystem", arguments,
                system,
            ])
)
