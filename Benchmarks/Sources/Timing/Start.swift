import Glibc

/// Starts a program, and leaves it running.
package func start(_ arguments: [String]) -> pid_t {
    var child = pid_t()
    let pointers = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    guard posix_spawn(&child, arguments[0], nil, nil, pointers, environ) == 0 else {
        fatalError("\(arguments.joined(separator: " ")) cannot be started")
    }
    return child
}

/// What a process of each costs that does nothing, as lines of a table.
package func startUp(_ commands: [(name: String, command: Command)], turns: Int) -> [String] {
    var times = commands.map { _ in [Double]() }
    for _ in 0..<turns {
        for (index, command) in commands.enumerated() { times[index].append(command.command.run().milliseconds) }
    }
    return ["| | ms |", "|---|---:|"] + zip(commands, times).map { "| `\($0.name)` | \(rounded(median($1))) |" }
}
