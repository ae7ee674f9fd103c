/// The names that a mistyped one may have meant, scored as `git help` scores commands; rather none than a bad one.
enum Similarity {
    /// git's weights (help.c): letters swapped are the likeliest slip, letters left out come before letters added.
    private static let substitution = 2
    private static let insertion = 1
    private static let deletion = 3
    private static let floor = 7

    /// The nearest candidates, all equally near, in their own order; empty when nothing is near enough.
    static func closest(to typed: String, among candidates: [String]) -> [String] {
        var best = floor
        var closest: [String] = []
        for candidate in candidates {
            guard let score = score(typed, candidate), score < floor, score <= best else { continue }
            if score < best { closest = [] }
            best = score
            closest.append(candidate)
        }
        return closest
    }

    /// Nil where no letter would stay: among names of two letters git's floor alone would let everything pass.
    private static func score(_ typed: String, _ candidate: String) -> Int? {
        let source = Array(typed.unicodeScalars)
        let target = Array(candidate.unicodeScalars)
        guard !source.isEmpty, source.count <= 64 else { return nil }
        if target.starts(with: source) { return 0 }
        let cost = distance(source, target)
        let shared = min(source.count, target.count)
        let replacement =
            shared * substitution + (target.count - shared) * insertion + (source.count - shared) * deletion
        return cost < replacement ? cost + 1 : nil
    }

    /// Damerau-Levenshtein (adjacent letters only), swaps free, in three rows.
    static func distance(_ source: [Unicode.Scalar], _ target: [Unicode.Scalar]) -> Int {
        var beforePrevious: [Int] = []
        var previous = (0...target.count).map { $0 * insertion }
        for (row, letter) in source.enumerated() {
            var current = [(row + 1) * deletion]
            for (column, other) in target.enumerated() {
                var cost = previous[column] + (letter == other ? 0 : substitution)
                if row > 0, column > 0, letter != other, source[row - 1] == other, letter == target[column - 1] {
                    cost = min(cost, beforePrevious[column - 1])
                }
                cost = min(cost, previous[column + 1] + deletion, current[column] + insertion)
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[target.count]
    }
}
