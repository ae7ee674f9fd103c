internal import GitPool

/// The processes above this one, read once: when somebody first asks, or before, while something else is waited for.
///
/// Whoever is killed before that is gone from it, `git` itself too; what is left then is a reason to refuse a lease, never
/// another's process.
final class Callers {
    private var known: Ancestry?

    var ancestry: Ancestry {
        if let known { return known }
        let ancestry = Ancestry.read()
        known = ancestry
        return ancestry
    }
}
