import Testing

@testable import HostdevModel

@Suite struct NearestWordTests {
    /// A misspelled word, and the known word that is suggested.
    @Test(arguments: [
        ("nmae", "name"),  // two letters swapped
        ("nam", "name"),  // one left out
        ("naame", "name"),  // one too many
        ("nime", "name"),  // one wrong
        ("NAME", "name"),  // case
        ("adress", "address"),
        ("addres", "address"),
        ("sorce", "source"),
        ("soruces", "source"),  // two mistakes
        ("i", nil),  // half of the letters
        ("colour", nil),
        ("sauerkraut", nil),
        ("", nil),
    ]) func finds(word: String, expected: String?) {
        #expect(nearestWord(to: word, among: ["ip", "name", "address", "source"]) == expected)
    }
}
