internal import CNetlink

// Filters: what classifies packets at a discipline or a class, and the actions for what matches.
extension TrafficRecord {
    /// The attributes of a kind of filter that are not as they are said.
    private struct Form {
        /// The list of actions.
        let actions: Int
        /// TCA_CLS_FLAGS: the kernel also says whether the hardware has it.
        var flags: Int?
        /// Numbers of packets, or of pieces of hardware.
        var counters: Set<Int> = []
        /// The older form of a policer.
        var police: Int?
    }

    // Numbers of linux/pkt_cls.h.
    private static let forms: [String: Form] = [
        "basic": Form(actions: 3, counters: [5], police: 4),
        "bpf": Form(actions: 1, flags: 9, counters: [10, 11], police: 2),
        "cgroup": Form(actions: 1, police: 2), "flow": Form(actions: 9, police: 10),
        "flower": Form(actions: 3, flags: 22, counters: [86]), "fw": Form(actions: 4, police: 2),
        "matchall": Form(actions: 2, flags: 3, counters: [4]),
        "u32": Form(actions: 7, flags: 11, counters: [9], police: 6),
    ]

    var filterObstacle: String? {
        guard let form = Self.forms[kind] else { return "which cannot be read in full" }
        // TCA_BPF_OPS: else it is a program of the newer kind, which whoever loaded it has.
        if kind == "bpf", options[5] == nil { return "whose program cannot be had again" }
        let obstacles = (options[form.actions]?.nested ?? Attributes([])).compactMap {
            TrafficAction($0.nested).obstacle
        }
        return obstacles.first
    }

    var normalizedFilter: [UInt8] {
        guard let form = Self.forms[kind] else { return Array(attributes[TCA_OPTIONS]?.value ?? []) }
        return options.rewritten { attribute in
            if form.counters.contains(attribute.type) { return nil }
            if attribute.type == form.flags {
                // TCA_CLS_FLAGS_SKIP_HW, _SKIP_SW and _VERBOSE.
                let flags = attribute.number & 0b1_0011
                return flags == 0 ? nil : flags.littleEndianBytes
            }
            if attribute.type == form.police {
                return TrafficAction(policer: attribute.nested).normalizedOptions(on: linkIndex)
            }
            guard attribute.type == form.actions else { return Array(attribute.value) }
            return attribute.nested.rewritten { TrafficAction($0.nested).normalized(on: linkIndex) }
        }
    }

    /// What makes the filter, from what it is.
    func filterRequest(_ options: Attributes, for index: Int32) -> [UInt8] {
        let form = Self.forms[kind]
        var bytes = options.rewritten { attribute in
            if attribute.type == form?.police {
                return TrafficAction(policer: attribute.nested).requestOptions(for: index)
            }
            if kind == "flower", isOfVLANs, attribute.type == Self.flowerType { return nil }
            guard attribute.type == form?.actions else { return Array(attribute.value) }
            return attribute.nested.rewritten { TrafficAction($0.nested).request(for: index) }
        }
        // flower says the type of what is in the VLAN, if any, where it wants that of the VLAN.
        if kind == "flower", isOfVLANs {
            var type = KernelMessage(type: 0, bytes: [])
            type.add(
                Attributes.Attribute(
                    type: Self.flowerType, value: UInt16(truncatingIfNeeded: info).littleEndianBytes[...]))
            bytes += type.bytes
        }
        return bytes
    }

    private static let flowerType = 8  // TCA_FLOWER_KEY_ETH_TYPE

    /// Whether its protocol is ETH_P_8021Q or ETH_P_8021AD.
    private var isOfVLANs: Bool { [0x8100, 0x88a8].contains(UInt16(truncatingIfNeeded: info).byteSwapped) }
}

// u32 has tables of its own, which are told among its filters.
extension TrafficRecord {
    /// Whether it is the first table of a priority, which the kernel makes by itself.
    var isRootTable: Bool { kind == "u32" && handle & 0xf_ffff == 0 && handle >> 20 >= Self.firstRootTable }
    /// Whether it is a table that somebody made.
    private var isTable: Bool { kind == "u32" && handle & 0xf_ffff == 0 && !isRootTable }

    static let firstRootTable: UInt32 = 0x800

    /// The filters of one discipline in an order in which they can be made: the tables of u32 before what leads to them, and
    /// its priorities in the order of their first tables.
    ///
    /// The kernel numbers these in the order in which they are made, without a gap. Where one was removed, they are said with
    /// the numbers that they will get.
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
        // A priority is made with the first that is in it.
        let ordered = (0...roots.count).flatMap { number in
            let own = nodes.filter { rank($0) == number }
            return own.filter(\.isTable) + own.filter { !$0.isTable }
        }
        return filters.filter { $0.kind != "u32" } + ordered.map { $0.withTables(numbers) }
    }

    /// The same with other numbers of first tables: the upper 12 bits of its handle, TCA_U32_HASH and TCA_U32_LINK.
    private func withTables(_ numbers: [UInt32: UInt32]) -> TrafficRecord {
        let renumbered = { (value: UInt32) in numbers[value >> 20].map { $0 << 20 | value & 0xf_ffff } ?? value }
        var message = KernelMessage(type: message.type, bytes: Array(message.bytes.prefix(MemoryLayout<tcmsg>.size)))
        message.set(renumbered(handle), at: 8)
        for attribute in attributes {
            guard attribute.type == TCA_OPTIONS else {
                message.add(attribute)
                continue
            }
            let options = attribute.nested.rewritten {
                [2, 3].contains($0.type) ? renumbered($0.number).littleEndianBytes : Array($0.value)
            }
            message.add(Attributes.Attribute(type: attribute.type, flags: attribute.flags, value: options[...]))
        }
        return TrafficRecord(message)
    }
}
