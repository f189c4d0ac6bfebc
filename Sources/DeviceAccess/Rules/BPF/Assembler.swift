/// Puts a program together, with labels for the places that it jumps to.
struct Assembler {
    /// A place in the program, which may still be to come.
    struct Label: Hashable { fileprivate let index: Int }

    private var instructions: [Instruction] = []
    private var places: [Int?] = []
    private var jumps: [(at: Int, to: Label, make: (Int16) -> Instruction)] = []

    mutating func label() -> Label {
        places.append(nil)
        return Label(index: places.count - 1)
    }

    /// Says that a label is here.
    mutating func place(_ label: Label) {
        places[label.index] = instructions.count
    }

    /// The number of the instruction that a label is at.
    func place(of label: Label) -> Int {
        guard let place = places[label.index] else { preconditionFailure("a label without a place") }
        return place
    }

    mutating func emit(_ several: Instruction...) {
        instructions += several
    }

    /// A jump to a label: `make` gets the distance.
    mutating func jump(to label: Label, _ make: @escaping (Int16) -> Instruction) {
        jumps.append((instructions.count, label, make))
        instructions.append(make(0))
    }

    /// The program, with every jump filled in.
    func assembled() -> [Instruction] {
        var result = instructions
        for jump in jumps {
            result[jump.at] = jump.make(Int16(place(of: jump.to) - jump.at - 1))
        }
        return result
    }
}
