internal import CNetlink

/// What a filter does with packets that match: an action in its list, tc-actions(8).
struct TrafficAction {
    private let attributes: Attributes
    private let kind: String
    private let options: Attributes

    /// The attributes of a kind that hold its parameters, which begin with the action's number, and its times.
    private struct Kind {
        let parameters: Int
        let times: Int
        /// Where `refcnt` and `bindcnt` are in the parameters: tc_gen of linux/pkt_cls.h.
        var references = MemoryLayout<tc_gact>.offset(of: \.refcnt) ?? 0
        var bindings = MemoryLayout<tc_gact>.offset(of: \.bindcnt) ?? 0
    }

    // linux/tc_act/tc_*.h.
    private static let kinds: [String: Kind] = [
        "connmark": Kind(parameters: TCA_CONNMARK_PARMS, times: TCA_CONNMARK_TM),
        "csum": Kind(parameters: TCA_CSUM_PARMS, times: TCA_CSUM_TM),
        "ct": Kind(parameters: TCA_CT_PARMS, times: TCA_CT_TM),
        "gact": Kind(parameters: TCA_GACT_PARMS, times: TCA_GACT_TM),
        "mirred": Kind(parameters: TCA_MIRRED_PARMS, times: TCA_MIRRED_TM),
        "mpls": Kind(parameters: TCA_MPLS_PARMS, times: TCA_MPLS_TM),
        "nat": Kind(parameters: TCA_NAT_PARMS, times: TCA_NAT_TM),
        "pedit": Kind(parameters: TCA_PEDIT_PARMS, times: TCA_PEDIT_TM),
        "police": Kind(
            parameters: TCA_POLICE_TBF, times: TCA_POLICE_TM,
            references: MemoryLayout<tc_police>.offset(of: \.refcnt) ?? 0,
            bindings: MemoryLayout<tc_police>.offset(of: \.bindcnt) ?? 0),
        "sample": Kind(parameters: TCA_SAMPLE_PARMS, times: TCA_SAMPLE_TM),
        "simple": Kind(parameters: TCA_DEF_PARMS, times: TCA_DEF_TM),
        "skbedit": Kind(parameters: TCA_SKBEDIT_PARMS, times: TCA_SKBEDIT_TM),
        "tunnel_key": Kind(parameters: TCA_TUNNEL_KEY_PARMS, times: TCA_TUNNEL_KEY_TM),
        "vlan": Kind(parameters: TCA_VLAN_PARMS, times: TCA_VLAN_TM),
    ]

    // All other attributes are statistics.
    private static let kept: Set<Int> = [
        TCA_ACT_KIND, TCA_ACT_OPTIONS, TCA_ACT_COOKIE, TCA_ACT_FLAGS, TCA_ACT_HW_STATS,
    ]

    /// An action of a list.
    init(_ attributes: Attributes) {
        self.attributes = attributes
        kind = attributes[TCA_ACT_KIND].map { String(decoding: $0.text, as: UTF8.self) } ?? ""
        options = attributes[TCA_ACT_OPTIONS]?.nested ?? Attributes([])
    }

    /// The policer that some filters have besides their list.
    init(policer options: Attributes) {
        attributes = Attributes([])
        kind = "police"
        self.options = options
    }

    private var form: Kind? { Self.kinds[kind] }

    /// Why it cannot be made again as it was, for people. Nil when it can.
    var obstacle: String? { form == nil ? "whose action \(kind) cannot be read in full" : nil }

    /// Returns the attributes without statistics and times. The index of the filter's interface becomes 0.
    func normalized(on index: Int32) -> [UInt8] { withOptions(normalizedOptions(on: index)) }

    /// Returns the same of the options alone.
    func normalizedOptions(on index: Int32) -> [UInt8] {
        rewrittenOptions { parameters in
            if kind == "mirred", Int32(littleEndianBytes: parameters.dropFirst(Self.mirredIndex)) == index {
                parameters.set(Int32(0), at: Self.mirredIndex)
            }
            guard let form else { return [] }
            let isShared = UInt32(littleEndianBytes: parameters.dropFirst(form.references)) > 1
            // The kernel numbers an action anew, unless others refer to it by its number.
            if !isShared { parameters.set(UInt32(0), at: 0) }
            parameters.set(UInt32(0), at: form.references)
            parameters.set(UInt32(0), at: form.bindings)
            return []
        }
    }

    /// Returns the attributes that add it, from the normalized ones.
    func request(for index: Int32) -> [UInt8] { withOptions(requestOptions(for: index)) }

    /// Returns the same of the options alone.
    func requestOptions(for index: Int32) -> [UInt8] {
        rewrittenOptions { parameters in
            if kind == "mirred", Int32(littleEndianBytes: parameters.dropFirst(Self.mirredIndex)) == 0 {
                parameters.set(index, at: Self.mirredIndex)
            }
            guard kind == "police" else { return [] }
            var tables: [UInt8] = []
            // For each rate, struct tc_ratespec, the kernel requires a table that it has not read since Linux 3.8, and the
            // scale of the table, which it does not report. The rate itself is the last number.
            let rate = MemoryLayout<tc_ratespec>.offset(of: \.rate) ?? 0
            let unused = [UInt8](repeating: 0, count: 1_024)
            for (place, attribute) in [
                (MemoryLayout<tc_police>.offset(of: \.rate) ?? 0, TCA_POLICE_RATE),
                (MemoryLayout<tc_police>.offset(of: \.peakrate) ?? 0, TCA_POLICE_PEAKRATE),
            ] where UInt32(littleEndianBytes: parameters.dropFirst(place + rate)) != 0 {
                parameters.set(UInt8(3), at: place)
                tables.append(Attributes.Attribute(type: attribute, value: unused[...]))
            }
            return tables
        }
    }

    private static let mirredIndex = MemoryLayout<tc_mirred>.offset(of: \.ifindex) ?? 0

    /// Returns the attributes with other options.
    private func withOptions(_ options: [UInt8]) -> [UInt8] {
        attributes.rewritten(nests: [TCA_ACT_OPTIONS]) { attribute in
            guard Self.kept.contains(attribute.type) else { return nil }
            return attribute.type == TCA_ACT_OPTIONS ? options : Array(attribute.value)
        }
    }

    /// Returns the options with other parameters, and with the attributes that `change` returns appended.
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
