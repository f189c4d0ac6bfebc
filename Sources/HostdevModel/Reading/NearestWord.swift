/// The known word that a misspelt one most likely stands for; nil when none is near.
///
/// Near means that fewer than half of the known word's letters are wrong, and at most two. Case does not count.
func nearestWord(to word: String, among known: [String]) -> String? {
    let letters = Array(word.lowercased().utf8)
    guard letters.count <= 32 else { return nil }
    let nearest = known.map { (word: $0, distance: editDistance(letters, Array($0.lowercased().utf8))) }
        .min { $0.distance < $1.distance }
    guard let nearest, nearest.distance <= 2, nearest.distance * 2 < nearest.word.utf8.count else { return nil }
    return nearest.word
}

/// How many letters must be put in, left out, replaced, or swapped with their neighbour to get from one to the other.
private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...other.count)
    for (row, letter) in one.enumerated() {
        var current = [row + 1]
        for (column, otherLetter) in other.enumerated() {
            var best = min(current[column], last[column + 1]) + 1
            best = min(best, last[column] + (letter == otherLetter ? 0 : 1))
            if row > 0, column > 0, letter == other[column - 1], one[row - 1] == otherLetter {
                best = min(best, beforeLast[column - 1] + 1)
            }
            current.append(best)
        }
        (beforeLast, last) = (last, current)
    }
    return last[other.count]
}
