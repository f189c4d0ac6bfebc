/// A picture of bars in groups, as SVG.
package struct Plot {
    /// A group's name, and its bars.
    package typealias Group = (name: String, bars: [(name: String, value: Double)])

    package let title: String
    package let groups: [Group]

    package init(title: String, groups: [Group]) {
        self.title = title
        self.groups = groups
    }

    private static let colours = [
        "#888888", "#4477aa", "#66ccee", "#228833", "#ccbb44", "#ee6677", "#aa3377", "#cc6633", "#000000",
    ]
    private let barHeight = 16.0
    private let labelWidth = 170.0
    private let scaleWidth = 460.0

    package var svg: String {
        let names = groups.flatMap(\.bars).map(\.name)
        let order = names.enumerated().filter { names.firstIndex(of: $1) == $0 }.map(\.element)
        let greatest = groups.flatMap(\.bars).map(\.value).max() ?? 1
        var y = 34.0
        var body = "<text x='8' y='20' font-weight='bold'>\(title)</text>\n"
        for group in groups {
            body += "<text x='8' y='\(y + 12)' font-style='italic'>\(group.name)</text>\n"
            y += 20
            for bar in group.bars {
                let width = bar.value / greatest * scaleWidth
                let colour = Self.colours[(order.firstIndex(of: bar.name) ?? 0) % Self.colours.count]
                let end = labelWidth + width + 6
                let tenths = Int((bar.value * 10).rounded())
                body += """
                    <text x='\(labelWidth - 8)' y='\(y + 12)' text-anchor='end'>\(bar.name)</text>
                    <rect x='\(labelWidth)' y='\(y)' width='\(width)' height='\(barHeight - 3)' fill='\(colour)'/>
                    <text x='\(end)' y='\(y + 12)'>\(tenths / 10).\(tenths % 10)</text>

                    """
                y += barHeight
            }
            y += 8
        }
        let width = labelWidth + scaleWidth + 60
        return """
            <svg xmlns='http://www.w3.org/2000/svg' width='\(width)' height='\(y)' font-family='sans-serif' font-size='12'>
            <rect width='100%' height='100%' fill='white'/>
            \(body)</svg>

            """
    }
}
