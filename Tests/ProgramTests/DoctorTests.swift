import TestHost
import Testing

@Suite struct DoctorTests {
    private struct Findings: Decodable {
        struct Finding: Decodable {
            let subject: String
            let property: String
            let verdict: String
            let found: String
        }
        let findings: [Finding]

        func verdict(_ property: String) -> String? { findings.last { $0.property == property }?.verdict }
    }

    private func examine(_ arguments: String...) throws -> Findings {
        let result = try Program.run(["doctor", "--format", "json"] + arguments)
        #expect(result.status == 0, "\(result)")
        return try decode(Findings.self, result)
    }

    @Test func theHost() throws {
        try onThrowawayHost {
            let findings = try examine()
            #expect(Set(findings.findings.map(\.subject)) == ["host"])
            for property in ["privilege", "paths", "mounts", "control groups"] {
                #expect(findings.verdict(property) == "good", "\(findings)")
            }
            let poor = try run(["setpriv", "--bounding-set", "-mknod", Program.path, "doctor"])
            #expect(poor.output.contains("missing: host: privilege: without CAP_MKNOD\n    run it as root"), "\(poor)")
        }
    }

    @Test(arguments: [false, true]) func aContainer(userNamespace: Bool) throws {
        try onThrowawayHost {
            let container = try TestContainer(.init(userNamespace: userNamespace))
            let findings = try examine(container.reference)
            for property in ["devices", "network namespace", "user namespace", "/dev", "device filter"] {
                #expect(findings.verdict(property) == "good", "\(findings)")
            }
            try container.sh("mount -t tmpfs -o ro tmpfs /dev")
            #expect(try examine(container.reference).verdict("/dev") == "missing")
            container.end()
        }
    }

    @Test func aContainerThatHasWhatIsTheHosts() throws {
        try onThrowawayHost {
            let process = try RunningCommand(["sleep", "1000000"])
            let findings = try examine("pid:\(process.id)")
            #expect(findings.verdict("network namespace") == "missing")
            #expect(findings.verdict("/dev") == "limited")
            process.end()
        }
    }

    @Test func aNamespaceTakesInterfacesOnly() throws {
        try onThrowawayHost {
            try sh("ip netns add blue")
            let devices = try examine("netns:blue").findings.last { $0.property == "devices" }
            #expect(devices?.verdict == "limited")
            #expect(devices?.found == "takes network interfaces while it runs")
        }
    }

    @Test func noSuchContainer() throws {
        #expect(try Program.run("doctor", "pid:999999999").status == 69)
    }
}
