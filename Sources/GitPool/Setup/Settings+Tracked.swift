package import Git

/// The settings of a repository: the user's own configuration, and the defaults of `.gitpool` where it says nothing.
extension Settings {
    /// - Throws: `ConfigurationError` for a bad value of the user's own; a bad one in `.gitpool` only puts that aside.
    package init(of repository: Repository, own: Configuration) throws {
        var file = TrackedFile(of: repository, own)
        guard file.path != nil else {
            try self.init(own)
            return
        }
        let trust = Trust(of: repository)
        let agreed = file.commands.filter(trust.holds).map { "pool." + $0.key.rawValue }
        do {
            try self.init(own.filled(from: file.defaults) { TrackedFile.mayDefault($0) || agreed.contains($0) })
        } catch {
            try self.init(own)
            file.problem = .badValue(error)
        }
        file.pending = file.commands.filter { command in
            !trust.holds(command) && own.strings("pool." + command.key.rawValue).isEmpty
        }
        setup.tracked = file
    }
}

extension Pool {
    /// For whatever would run a command of this key: nothing does while `.gitpool` names one that nobody agreed to.
    /// - Throws: `PoolError.untrusted`
    package func checkTrust(_ key: TrackedCommand.Key) throws {
        guard let command = settings.setup.tracked.pending.first(where: { $0.key == key }),
            let path = settings.setup.tracked.path, settings.setup.tracked.problem == nil
        else { return }
        throw PoolError.untrusted(path: path, commands: command.lines)
    }
}
