/// The part of a command's environment that a detached process keeps: enough to run git with the same configuration,
/// and nothing that belongs to one session or one call.
enum KeeperEnvironment {
    static func reduced(_ environment: [String: String]) -> [String: String] {
        var reduced = environment.filter { keeps($0.key) }
        reduced["GIT_POOL_KEEPER"] = "1"
        return reduced
    }

    /// `GIT_CONFIG_PARAMETERS` stays behind: it is one call's `git -c`.
    private static func keeps(_ name: String) -> Bool {
        switch name {
        case "PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "GIT_EXEC_PATH",
            "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT", "GIT_POOL_ROOT":
            true
        default:
            ["XDG_", "LC_", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_", "GIT_POOL_FAKE_"].contains { name.hasPrefix($0) }
        }
    }
}
