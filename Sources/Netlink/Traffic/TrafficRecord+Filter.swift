internal import CNetlink

// Filters classify packets at a discipline or a class, and have actions for those that match.
extension TrafficRecord {
    /// The attributes of a kind of filter that the kernel does not take as it reports them: linux/pkt_cls.h.
    private struct Kind {
        /// The list of actions.
        let actions: Int
        /// `TCA_CLS_FLAGS_` flags. The kernel also reports whether the hardware has the filter.
        var flags: Int?
        /// Counters of packets or of devices, and numbers that the kernel gives.
        var counters: Set<Int> = []
        /// The older form of a policer.
        var police: Int?
    }

    private static let kinds: [String: Kind] = [
        "basic": Kind(actions: TCA_BASIC_ACT, counters: [TCA_BASIC_PCNT], police: TCA_BASIC_POLICE),
        "bpf": Kind(
            actions: TCA_BPF_ACT, flags: TCA_BPF_FLAGS_GEN, counters: [TCA_BPF_TAG, TCA_BPF_ID], police: TCA_BPF_POLICE),
        "cgroup": Kind(actions: TCA_CGROUP_ACT, police: TCA_CGROUP_POLICE),
        "flow": Kind(actions: TCA_FLOW_ACT, police: TCA_FLOW_POLICE),
        "flower": Kind(actions: TCA_FLOWER_ACT, flags: TCA_FLOWER_FLAGS, counters: [TCA_FLOWER_IN_HW_COUNT]),
        "fw": Kind(actions: TCA_FW_ACT, police: TCA_FW_POLICE),
        "matchall": Kind(actions: TCA_MATCHALL_ACT, flags: TCA_MATCHALL_FLAGS, counters: [TCA_MATCHALL_PCNT]),
        "u32": Kind(actions: TCA_U32_ACT, flags: TCA_U32_FLAGS, counters: [TCA_U32_PCNT], police: TCA_U32_POLICE),
    ]

    /// Why a filter cannot be made again as it was, for people. Nil when it can.
    var filterObstacle: String? {
        guard let form = Self.kinds[kind] else { return "which cannot be read in full" }
        // The kernel reports the instructions of classic BPF only.
        if kind == "bpf", options[TCA_BPF_OPS] == nil { return "whose program cannot be had again" }
        let obstacles = (options[form.actions]?.nested ?? Attributes([])).compactMap {
            TrafficAction($0.nested).obstacle
        }
        return obstacles.first
    }

    /// The options of a filter without statistics and without the index of the interface.
    var normalizedFilter: [UInt8] {
        guard let form = Self.kinds[kind] else { return Array(attributes[TCA_OPTIONS]?.value ?? []) }
        return options.rewritten { attribute in
            if form.counters.contains(attribute.type) { return nil }
            if attribute.type == form.flags {
                let settable = UInt32(TCA_CLS_FLAGS_SKIP_HW | TCA_CLS_FLAGS_SKIP_SW | TCA_CLS_FLAGS_VERBOSE)
                let flags = attribute.number & settable
                return flags == 0 ? nil : flags.littleEndianBytes
            }
            if attribute.type == form.police {
                return TrafficAction(policer: attribute.nested).normalizedOptions(on: linkIndex)
            }
            guard attribute.type == form.actions else { return Array(attribute.value) }
            return attribute.nested.rewritten { TrafficAction($0.nested).normalized(on: linkIndex) }
        }
    }

    /// Returns the options that add a filter to an interface, from its normalized options.
    func filterRequest(_ options: Attributes, for index: Int32) -> [UInt8] {
        let form = Self.kinds[kind]
        var bytes = options.rewritten { attribute in
            if attribute.type == form?.police {
                return TrafficAction(policer: attribute.nested).requestOptions(for: index)
            }
            if kind == "flower", isOfVLANs, attribute.type == TCA_FLOWER_KEY_ETH_TYPE { return nil }
            guard attribute.type == form?.actions else { return Array(attribute.value) }
            return attribute.nested.rewritten { TrafficAction($0.nested).request(for: index) }
        }
        // flower reports the protocol inside the VLAN where it requires that of the VLAN.
        if kind == "flower", isOfVLANs {
            let type = UInt16(truncatingIfNeeded: info).littleEndianBytes
            bytes.append(Attributes.Attribute(type: TCA_FLOWER_KEY_ETH_TYPE, value: type[...]))
        }
        return bytes
    }

    /// Whether the protocol is that of VLANs.
    private var isOfVLANs: Bool {
        [UInt16(ETH_P_8021Q), UInt16(ETH_P_8021AD)].contains(UInt16(truncatingIfNeeded: info).byteSwapped)
    }
}

// u32 has hash tables, which the kernel lists among the filters. The upper 12 bits of a handle are the number of the table.
extension TrafficRecord {
    /// Whether it is the root table of a priority, which the kernel makes with the first filter.
    var isRootTable: Bool { kind == "u32" && Self.isTable(handle) && handle >> 20 >= Self.firstRootTable }
    /// Whether it is a table that an administrator added.
    private var isAddedTable: Bool { kind == "u32" && Self.isTable(handle) && !isRootTable }

    private static func isTable(_ handle: UInt32) -> Bool { handle & 0xf_ffff == 0 }
    private static let firstRootTable: UInt32 = 0x800

    /// Returns the filters of one discipline in an order in which they can be made: the tables of u32 before the filters that
    /// lead to them, and its priorities in the order of their root tables.
    ///
    /// The kernel numbers root tables in the order in which they are made, without a gap. Where one was removed, those after it
    /// get other numbers, under which they are returned.
    static func ordered(_ all: [TrafficRecord]) -> [TrafficRecord] {
        let filters = all.filter { $0.handle != 0 }
        let roots = filters.filter(\.isRootTable).sorted { $0.handle < $1.handle }
        let numbers = Dictionary(
            roots.enumerated().map {
                ($0.element.handle >> 20, firstRootTable + UInt32(truncatingIfNeeded: $0.offset))
            },
            uniquingKeysWith: { $1 })
        let nodes = filters.filter { $0.kind == "u32" && !$0.isRootTable }
        let rank = { (node: TrafficRecord) in
            roots.firstIndex { $0.parent == node.parent && $0.info == node.info && $0.chain == node.chain }
                ?? roots.count
        }
        // A priority is made with its first filter.
        let ordered = (0...roots.count).flatMap { number in
            let own = nodes.filter { rank($0) == number }
            return own.filter(\.isAddedTable) + own.filter { !$0.isAddedTable }
        }
        return filters.filter { $0.kind != "u32" } + ordered.map { $0.withTables(numbers) }
    }

    /// Returns the same filter with other numbers of root tables.
    private func withTables(_ numbers: [UInt32: UInt32]) -> TrafficRecord {
        let renumbered = { (value: UInt32) in numbers[value >> 20].map { $0 << 20 | value & 0xf_ffff } ?? value }
        var message = message.header(only: tcmsg.self)
        message.set(renumbered(handle), at: Self.handleOffset)
        for attribute in attributes {
            guard attribute.type == TCA_OPTIONS else {
                message.add(attribute)
                continue
            }
            let options = attribute.nested.rewritten {
                [TCA_U32_HASH, TCA_U32_LINK].contains($0.type)
                    ? renumbered($0.number).littleEndianBytes : Array($0.value)
            }
            message.add(Attributes.Attribute(type: attribute.type, flags: attribute.flags, value: options[...]))
        }
        return TrafficRecord(message)
    }
}
