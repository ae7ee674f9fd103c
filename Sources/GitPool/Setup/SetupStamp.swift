internal import Git
internal import POSIX

/// The commit and commands of a slot's last successful set-up: while no lockfile differs from that commit's, it need
/// not run again.
struct SetupStamp: Equatable {
    let commit: String
    let fingerprint: String

    var text: String { commit + " " + fingerprint }

    init(commit: String, fingerprint: String) {
        self.commit = commit
        self.fingerprint = fingerprint
    }

    init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, Text.isObjectID(String(words[0])), !words[1].isEmpty else { return nil }
        (commit, fingerprint) = (String(words[0]), String(words[1]))
    }
}

extension Pool {
    /// Whether the setup commands have to run in a slot whose tree is at `commit`. Whatever cannot be told is a yes.
    func needsSetup(_ record: SlotRecord, at commit: String, _ git: Git) -> Bool {
        guard !settings.setup.commands.isEmpty else { return false }
        guard let stamp = SetupStamp(record.setup), stamp.fingerprint == settings.setup.fingerprint else { return true }
        guard stamp.commit != commit, !settings.setup.lockfiles.isEmpty else { return false }
        let words = ["diff-tree", "-r", "--quiet", "--no-renames", stamp.commit, commit, "--"]
        return (try? git.attempt(words + settings.setup.lockfilePathspecs))?.isSuccess != true
    }

    /// A lease that ends with other lockfiles than its slot was set up with takes the stamp along: what a session
    /// installed for them stays in the slot with all ignored files.
    func forgetSetup(_ claim: inout SlotClaim, _ git: Git) {
        guard let stamp = SetupStamp(claim.record.setup), !settings.setup.lockfiles.isEmpty else { return }
        let words = [
            "diff", "--quiet", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", stamp.commit, "--",
        ]
        if (try? git.attempt(words + settings.setup.lockfilePathspecs))?.isSuccess != true { claim.record.setup = "" }
    }
}
