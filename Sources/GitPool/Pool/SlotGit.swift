internal import Git

/// git in a slot: it acts on this worktree alone, and with the slot's lock a command that outlives us still owns the slot.
extension Pool {
    /// - Parameter tree: where the tree stands, if not at the slot's path.
    /// - Parameter lock: the slot's; nil only for commands that change nothing.
    func git(in record: SlotRecord, at tree: String? = nil, lock: Int32?) -> Git {
        let git = repository.git.at(.exactly(gitDirectory: admin(record).path, workTree: tree ?? record.path))
        return lock.map { git.inheriting($0) } ?? git
    }
}
