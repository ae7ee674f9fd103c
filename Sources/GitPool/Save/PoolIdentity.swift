/// The author of commits that git-pool itself makes: the user's name appears only under the user's own, and need not be
/// configured.
enum PoolIdentity {
    /// - Parameter time: seconds since 1970; a date in the user's environment is not for us, since saves expire by theirs.
    static func variables(at time: Int64) -> [String: String] {
        [
            "GIT_AUTHOR_NAME": "git-pool", "GIT_AUTHOR_EMAIL": "git-pool@localhost", "GIT_AUTHOR_DATE": "\(time) +0000",
            "GIT_COMMITTER_NAME": "git-pool", "GIT_COMMITTER_EMAIL": "git-pool@localhost",
            "GIT_COMMITTER_DATE": "\(time) +0000",
        ]
    }
}
