/// What git-worktree(1) and other tools call something that a command here does: typed by habit, they are near no name.
/// They are read in a hint, and none of them is run.
enum OtherWords {
    /// What to type instead, after `git pool`; nil where nothing here is meant.
    static func meant(by word: String) -> String? {
        switch word {
        case "remove", "rm", "delete", "release", "return", "free", "finish", "end", "exit": "done"
        case "new", "create", "lease", "acquire", "get", "switch", "checkout": "add"
        case "cd", "go", "where": "path"
        case "exec": "run"
        case "prune", "clean": "gc"
        case "repair": "doctor"
        case "lock": "keep"
        case "merge": "land"
        case "stash": "save"
        case "pop": "restore"
        case "resume", "attach": "add --resume"
        case "help": "--help"
        default: nil
        }
    }
}
