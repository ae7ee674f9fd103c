internal import GitPool

/// The processes above this one, read once: when somebody first asks, or earlier, while something else is waited for.
///
/// A process that is killed before that is missing, even `git` itself; such a gap leads to a refusal, never to a lease
/// that another process holds.
final class Callers {
    private var known: Ancestry?

    var ancestry: Ancestry {
        if let known { return known }
        let ancestry = Ancestry.read()
        known = ancestry
        return ancestry
    }
}
