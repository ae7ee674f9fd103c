internal import Git
internal import GitPool

/// What installing a git hook did, in words.
enum HookWords {
    static func line(_ change: PostCheckoutHook.Change) -> String {
        switch change {
        case .none: "nothing to do"
        case .configured: "the post-checkout hook is configured (hook.git-pool)"
        case .written(let path): "wrote '\(path)'"
        case .chained(let path): "wrote '\(path)', which runs the hook that was there first"
        case .removed: "the post-checkout hook is gone"
        case .restored(let path): "'\(path)' is again what it was"
        }
    }

    static func text(_ error: PostCheckoutHook.Refusal) -> (error: [String], hint: [String]) {
        switch error {
        case .managed(let folder):
            (
                ["hooks are kept in '\(folder)', which git-pool leaves alone"],
                ["add this line to the post-checkout hook there:", "  " + PostCheckoutHook.line]
            )
        case .edited(let path):
            (["'\(path)' is a hook of git-pool's that was changed"], ["see to it by hand; it is left as it is"])
        case .inTheWay(let path): (["'\(path)' is in the way"], ["move it, then run 'git pool hook install' again"])
        case .foreignConfiguration(let value):
            (
                ["hook.git-pool.command is not git-pool's: '\(value)'"],
                ["see 'git config --show-origin hook.git-pool.command'"]
            )
        case .needsNewerGit:
            (
                ["a hook for every repository needs git \(GitVersion.configuredHooks.text) or later"],
                ["run 'git pool hook install' in each repository"]
            )
        }
    }
}
