internal import ArgumentParser

/// The words of a command line that is plain: long options as the help has them, `-q` and `-v`, words that are no
/// options, and nothing twice that is meant once.
///
/// It exists for speed alone: ArgumentParser works out at run time what the types of a verb declare, which takes longer
/// than all else that an attach of a device does. What is not plain, and so all that is wrong, is ArgumentParser's to
/// answer; a test compares both. Each look takes what it finds away; what is left over at the end was not plain.
struct FastArguments {
    /// That a command line has to be read by ArgumentParser.
    struct NeedsFullParser: Error {}

    private let words: [String]
    /// Which of them have been taken. They stay where they are: what is before one is not next to what is behind it.
    private var isTaken: [Bool]

    init(_ words: [String]) {
        self.words = words
        isTaken = words.map { _ in false }
    }

    /// The values of an option that may be given several times, in their order.
    mutating func values(_ option: String) throws(NeedsFullParser) -> [String] {
        var values: [String] = []
        for place in words.indices where words[place] == option && !isTaken[place] {
            let next = place + 1
            guard next < words.count, !isTaken[next], !words[next].hasPrefix("-") else { throw NeedsFullParser() }
            values.append(words[next])
            isTaken[place] = true
            isTaken[next] = true
        }
        return values
    }

    /// The value of an option that is given once, if it is.
    mutating func value(_ option: String) throws(NeedsFullParser) -> String? {
        let values = try values(option)
        guard values.count < 2 else { throw NeedsFullParser() }
        return values.first
    }

    /// Whether a flag is given, by any of its names.
    mutating func flag(_ names: String...) throws(NeedsFullParser) -> Bool {
        let places = words.indices.filter { names.contains(words[$0]) && !isTaken[$0] }
        guard places.count < 2 else { throw NeedsFullParser() }
        for place in places { isTaken[place] = true }
        return !places.isEmpty
    }

    /// The number that an option gives.
    mutating func number(_ option: String) throws(NeedsFullParser) -> Double? {
        guard let value = try value(option) else { return nil }
        guard let number = Double(value) else { throw NeedsFullParser() }
        return number
    }

    /// What an option chooses of what it knows by name.
    mutating func choice<Choice: RawRepresentable<String>>(_ option: String) throws(NeedsFullParser) -> Choice? {
        guard let value = try value(option) else { return nil }
        guard let choice = Choice(rawValue: value) else { throw NeedsFullParser() }
        return choice
    }

    /// The next word that is no option, if there is one. All options have to be taken before.
    mutating func optionalWord() throws(NeedsFullParser) -> String? {
        guard let place = isTaken.firstIndex(of: false) else { return nil }
        guard !words[place].hasPrefix("-") || words[place] == "-" else { throw NeedsFullParser() }
        isTaken[place] = true
        return words[place]
    }

    /// The next word that is no option. All options have to be taken before.
    mutating func word() throws(NeedsFullParser) -> String {
        guard let word = try optionalWord() else { throw NeedsFullParser() }
        return word
    }

    /// Throws if something is left over.
    func end() throws(NeedsFullParser) {
        guard !isTaken.contains(false) else { throw NeedsFullParser() }
    }
}

/// Options whose plain command lines can be read without ArgumentParser.
protocol FastParsable: ParsableArguments {
    /// Takes them from a command line. Has to set every property: those that ArgumentParser wraps have no value before.
    mutating func parse(_ arguments: inout FastArguments) throws
}

extension FastParsable {
    /// Takes them from a command line, and validates them.
    init(from arguments: inout FastArguments) throws {
        self.init()
        try parse(&arguments)
        try validate()
    }
}

extension FastParsable where Self: ParsableCommand {
    /// Reads the words after the name of the verb. Nil where ArgumentParser has to.
    init?(fast words: [String]) {
        var arguments = FastArguments(words)
        do {
            try self.init(from: &arguments)
            try arguments.end()
        } catch {
            return nil
        }
    }
}
