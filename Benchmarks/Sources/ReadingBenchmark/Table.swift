/// Prints lines of a table.
struct Table {
    private let width = 11

    /// A table with a line of titles.
    init(_ titles: [String]) {
        print()
        line(titles)
    }

    func line(_ cells: [String]) {
        print(cells.map { String(repeating: " ", count: max(1, width - $0.count)) + $0 }.joined())
    }
}

extension Double {
    /// The number with two decimals.
    var rounded2: String {
        let hundredths = Int((self * 100).rounded())
        return "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
    }
}
