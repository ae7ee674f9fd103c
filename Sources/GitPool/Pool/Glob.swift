/// A pattern with `*` and `?`, as `list --branch` and `pool.submodule.exclude` take it: `*` also matches slashes.
package struct Glob {
    private let pattern: [Character]

    package init(_ pattern: String) { self.pattern = Array(pattern) }

    package func matches(_ text: String) -> Bool {
        var reached: Set<Int> = closure([0])
        for character in text {
            var next: Set<Int> = []
            for position in reached where position < pattern.count {
                switch pattern[position] {
                case "*": next.insert(position)
                case "?": next.insert(position + 1)
                default: if pattern[position] == character { next.insert(position + 1) }
                }
            }
            reached = closure(next)
        }
        return reached.contains(pattern.count)
    }

    /// A `*` may also match nothing.
    private func closure(_ positions: Set<Int>) -> Set<Int> {
        var all = positions
        for start in positions {
            var position = start
            while position < pattern.count, pattern[position] == "*" {
                position += 1
                all.insert(position)
            }
        }
        return all
    }
}
