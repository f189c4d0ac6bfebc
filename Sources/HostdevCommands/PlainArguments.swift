internal import ArgumentParser

/// The words of a command line that is plain: long options as the help has them, `-q` and `-v`, words that are no
/// options, and nothing twice that is meant once.
///
/// It exists for speed alone: ArgumentParser works out at run time what the types of a verb declare, which takes longer
/// than all else that an attach of a device does. What is not plain, and so all that is wrong, is ArgumentParser's to
/// answer; a test compares both. Each look takes what it finds away; what is left over at the end was not plain.
struct PlainArguments {
    /// That a command line has to be read by ArgumentParser.
    struct NotPlain: Error {}

    /// What has been taken is nil: what stood before it is not next to what stood behind it.
    private var words: [String?]

    init(_ words: [String]) {
        self.words = words
    }

    /// The values of an option that may be given several times, in their order.
    mutating func values(_ option: String) throws(NotPlain) -> [String] {
        var values: [String] = []
        for index in words.indices where words[index] == option {
            guard index + 1 < words.count, let value = words[index + 1], !value.hasPrefix("-") else { throw NotPlain() }
            values.append(value)
            words[index] = nil
            words[index + 1] = nil
        }
        return values
    }

    /// The value of an option that is given once, if it is.
    mutating func value(_ option: String) throws(NotPlain) -> String? {
        let values = try values(option)
        guard values.count < 2 else { throw NotPlain() }
        return values.first
    }

    /// Whether a flag is given, by any of its names.
    mutating func flag(_ names: String...) throws(NotPlain) -> Bool {
        let places = words.indices.filter { words[$0].map(names.contains) ?? false }
        guard places.count < 2 else { throw NotPlain() }
        for place in places { words[place] = nil }
        return !places.isEmpty
    }

    /// The number that an option gives.
    mutating func number(_ option: String) throws(NotPlain) -> Double? {
        guard let value = try value(option) else { return nil }
        guard let number = Double(value) else { throw NotPlain() }
        return number
    }

    /// What an option chooses of what it knows by name.
    mutating func choice<Choice: RawRepresentable<String>>(_ option: String) throws(NotPlain) -> Choice? {
        guard let value = try value(option) else { return nil }
        guard let choice = Choice(rawValue: value) else { throw NotPlain() }
        return choice
    }

    /// The next word that is no option, if there is one. All options have to be taken before.
    mutating func optionalWord() throws(NotPlain) -> String? {
        guard let place = words.firstIndex(where: { $0 != nil }), let word = words[place] else { return nil }
        guard !word.hasPrefix("-") || word == "-" else { throw NotPlain() }
        words[place] = nil
        return word
    }

    /// The next word that is no option. All options have to be taken before.
    mutating func word() throws(NotPlain) -> String {
        guard let word = try optionalWord() else { throw NotPlain() }
        return word
    }

    /// Throws if something is left over.
    func end() throws(NotPlain) {
        guard words.allSatisfy({ $0 == nil }) else { throw NotPlain() }
    }
}

/// Options whose plain command lines can be read without ArgumentParser.
protocol PlainlyReadable: ParsableArguments {
    /// Takes them from a command line. Has to set every property: those that ArgumentParser wraps have no value before.
    mutating func take(from arguments: inout PlainArguments) throws
}

extension PlainlyReadable {
    /// Takes them from a command line, and validates them.
    init(from arguments: inout PlainArguments) throws {
        self.init()
        try take(from: &arguments)
        try validate()
    }
}

/// A verb whose plain command lines can be read without ArgumentParser.
typealias PlainlyReadableCommand = ParsableCommand & PlainlyReadable

extension PlainlyReadable where Self: ParsableCommand {
    /// Reads the words after the name of the verb. Nil where ArgumentParser has to.
    init?(plain words: [String]) {
        var arguments = PlainArguments(words)
        do {
            try self.init(from: &arguments)
            try arguments.end()
        } catch {
            return nil
        }
    }
}
