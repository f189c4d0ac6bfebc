internal import CNetlink

/// What a filter does with what matches: an action in its list, tc-actions(8).
struct TrafficAction {
    private let attributes: Attributes
    private let kind: String
    private let options: Attributes

    /// Where a kind says its parameters, which begin with the action's number, and its times.
    private struct Form {
        let parameters: Int
        let times: Int
    }

    // Numbers of linux/tc_act/tc_*.h.
    private static let forms: [String: Form] = [
        "connmark": Form(parameters: 1, times: 2), "csum": Form(parameters: 1, times: 2),
        "ct": Form(parameters: 1, times: 2),
        "gact": Form(parameters: 2, times: 1),
        "mirred": Form(parameters: 2, times: 1), "mpls": Form(parameters: 2, times: 1),
        "nat": Form(parameters: 1, times: 2), "pedit": Form(parameters: 2, times: 1),
        "police": Form(parameters: 1, times: 6), "sample": Form(parameters: 2, times: 1),
        "simple": Form(parameters: 2, times: 1), "skbedit": Form(parameters: 2, times: 1),
        "tunnel_key": Form(parameters: 2, times: 1), "vlan": Form(parameters: 2, times: 1),
    ]

    private static let kindNumber = 1  // TCA_ACT_KIND
    private static let optionsNumber = 2
    // Besides these TCA_ACT_COOKIE, TCA_ACT_FLAGS, TCA_ACT_HW_STATS: the rest are statistics.
    private static let kept: Set<Int> = [kindNumber, optionsNumber, 6, 7, 8]

    /// An action of a list.
    init(_ attributes: Attributes) {
        self.attributes = attributes
        kind = attributes[Self.kindNumber].map { String(decoding: $0.text, as: UTF8.self) } ?? ""
        options = attributes[Self.optionsNumber]?.nested ?? Attributes([])
    }

    /// The policer that some filters have besides a list.
    init(policer options: Attributes) {
        attributes = Attributes([])
        kind = "police"
        self.options = options
    }

    private var form: Form? { Self.forms[kind] }

    var obstacle: String? { form == nil ? "whose action \(kind) cannot be read in full" : nil }

    /// What it is, without statistics and times. The interface with a number becomes number 0.
    func normalized(on index: Int32) -> [UInt8] { withOptions(normalizedOptions(on: index)) }

    /// The same of its options alone.
    func normalizedOptions(on index: Int32) -> [UInt8] {
        rewrittenOptions { parameters in
            if kind == "mirred", Int32(littleEndianBytes: parameters.dropFirst(Self.mirredIndex)) == index {
                parameters.set(Int32(0), at: Self.mirredIndex)
            }
            let (references, bindings) = kind == "police" ? (44, 48) : (12, 16)
            let isShared = UInt32(littleEndianBytes: parameters.dropFirst(references)) > 1
            // One that nothing else refers to gets a number that is free then.
            if !isShared { parameters.set(UInt32(0), at: 0) }
            parameters.set(UInt32(0), at: references)
            parameters.set(UInt32(0), at: bindings)
            return []
        }
    }

    /// What makes it, from what it is.
    func request(for index: Int32) -> [UInt8] { withOptions(requestOptions(for: index)) }

    /// The same of its options alone.
    func requestOptions(for index: Int32) -> [UInt8] {
        rewrittenOptions { parameters in
            if kind == "mirred", Int32(littleEndianBytes: parameters.dropFirst(Self.mirredIndex)) == 0 {
                parameters.set(index, at: Self.mirredIndex)
            }
            guard kind == "police" else { return [] }
            var tables: [UInt8] = []
            // struct tc_police has two rates, struct tc_ratespec, whose last number is the rate. For each the kernel wants a
            // table (TCA_POLICE_RATE, _PEAKRATE) that it has not looked into since Linux 3.8, of a scale that it does not say.
            for (place, attribute) in [(20, 2), (32, 3)]
            where UInt32(littleEndianBytes: parameters.dropFirst(place + 8)) != 0 {
                parameters.set(UInt8(3), at: place)
                var table = KernelMessage(type: 0, bytes: [])
                table.add(Attributes.Attribute(type: attribute, value: [UInt8](repeating: 0, count: 1_024)[...]))
                tables += table.bytes
            }
            return tables
        }
    }

    /// struct tc_mirred: after the five numbers that all have, and one more.
    private static let mirredIndex = 24

    /// The action in a list with other options.
    private func withOptions(_ options: [UInt8]) -> [UInt8] {
        attributes.rewritten(nests: [Self.optionsNumber]) { attribute in
            guard Self.kept.contains(attribute.type) else { return nil }
            return attribute.type == Self.optionsNumber ? options : Array(attribute.value)
        }
    }

    /// The options with other parameters. What `change` returns are attributes to add to them.
    private func rewrittenOptions(_ change: (inout [UInt8]) -> [UInt8]) -> [UInt8] {
        guard let form else { return options.rewritten { Array($0.value) } }
        var more: [UInt8] = []
        let rest = options.rewritten { option in
            if option.type == form.times { return nil }
            var value = Array(option.value)
            if option.type == form.parameters { more += change(&value) }
            return value
        }
        return rest + more
    }
}

extension [UInt8] {
    fileprivate mutating func set<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        for (place, byte) in value.littleEndianBytes.enumerated() where offset + place < count {
            self[offset + place] = byte
        }
    }
}
