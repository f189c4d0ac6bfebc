/// A value that is read from the text of an attribute or an element.
protocol TextValue {
    init(_ text: some StringProtocol) throws(InvalidValue)
}
