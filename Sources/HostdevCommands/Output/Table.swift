/// Rows in columns that are as wide as their widest cell, for people.
func table(_ header: [String], _ rows: [[String]]) -> [String] {
    // What is escaped is wider.
    let all = [header] + rows.map { $0.map(\.printable) }
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
        var line = ""
        for (column, cell) in row.enumerated() {
            line += cell
            if column + 1 < row.count { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
        }
        return line
    }
}
