internal import ArgumentParser

/// A quick parser for simple command lines: full names of long options, `-q`, `-v`, and arguments.
///
/// It exists for speed only. ArgumentParser inspects the types of a verb at run time, which takes longer than all the
/// rest of an attach. Whatever this parser does not accept, such as any invalid command line, is left to
/// ArgumentParser. A test compares the results of both. Each method consumes the words that it returns; words that are
/// left over are an error.
struct FastArguments {
    /// The command line has to be parsed by ArgumentParser.
    struct NeedsFullParser: Error {}

    private let words: [String]
    /// Which words have been consumed. They are not removed, so that their neighbours do not become adjacent.
    private var isTaken: [Bool]

    init(_ words: [String]) {
        self.words = words
        isTaken = words.map { _ in false }
    }

    /// Consumes an option that may be given several times. Returns its values in order.
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

    /// Consumes an option that may be given once. Returns its value, or nil if it is not given.
    mutating func value(_ option: String) throws(NeedsFullParser) -> String? {
        let values = try values(option)
        guard values.count < 2 else { throw NeedsFullParser() }
        return values.first
    }

    /// Consumes a flag with any of its names. Returns whether it is given.
    mutating func flag(_ names: String...) throws(NeedsFullParser) -> Bool {
        let places = words.indices.filter { names.contains(words[$0]) && !isTaken[$0] }
        guard places.count < 2 else { throw NeedsFullParser() }
        for place in places { isTaken[place] = true }
        return !places.isEmpty
    }

    /// Consumes an option with a number. Returns nil if it is not given.
    mutating func number(_ option: String) throws(NeedsFullParser) -> Double? {
        guard let value = try value(option) else { return nil }
        guard let number = Double(value) else { throw NeedsFullParser() }
        return number
    }

    /// Consumes an option with a fixed set of values. Returns nil if it is not given.
    mutating func choice<Choice: RawRepresentable<String>>(_ option: String) throws(NeedsFullParser) -> Choice? {
        guard let value = try value(option) else { return nil }
        guard let choice = Choice(rawValue: value) else { throw NeedsFullParser() }
        return choice
    }

    /// Consumes the next argument. Returns nil if there is none. All options have to be consumed before.
    mutating func optionalWord() throws(NeedsFullParser) -> String? {
        guard let place = isTaken.firstIndex(of: false) else { return nil }
        guard !words[place].hasPrefix("-") || words[place] == "-" else { throw NeedsFullParser() }
        isTaken[place] = true
        return words[place]
    }

    /// Consumes the next argument, which is required. All options have to be consumed before.
    mutating func word() throws(NeedsFullParser) -> String {
        guard let word = try optionalWord() else { throw NeedsFullParser() }
        return word
    }

    /// Throws if there are words left.
    func end() throws(NeedsFullParser) {
        guard !isTaken.contains(false) else { throw NeedsFullParser() }
    }
}

/// Options or verbs that can be parsed without ArgumentParser.
protocol FastParsable: ParsableArguments {
    /// Parses the options. Has to set every property, since the property wrappers of ArgumentParser have no value
    /// before.
    mutating func parse(_ arguments: inout FastArguments) throws
}

extension FastParsable {
    /// Parses and validates the options.
    init(from arguments: inout FastArguments) throws {
        self.init()
        try parse(&arguments)
        try validate()
    }
}

extension FastParsable where Self: ParsableCommand {
    /// Parses the words after the name of the verb. Returns nil if ArgumentParser has to parse them.
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
