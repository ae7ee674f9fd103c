internal import Git
internal import POSIX

/// What `doctor` looks for in the build caches: output that several worktrees write into one directory, and settings that
/// say nothing.
extension Pool {
    func cacheFindings() -> [Finding] {
        let trees = ([mainTree] + ((try? peek()) ?? []).compactMap { $0.record?.path }).filter(Files.isDirectory)
        let shared = settings.caches.plans.compactMap { plan -> Finding? in
            guard let cost = plan.preset?.sharingCost, let directory = sharedDirectory(plan),
                trees.contains(where: plan.isUsed)
            else { return nil }
            return .sharedCache(tool: plan.tool, path: directory.path, variable: directory.variable, cost)
        }
        return shared + settings.caches.unknownTools.map { .unknownCache(tool: $0) }
    }

    /// The one directory that all slots get, and the variable of the caller's own environment that says so, if one does:
    /// it comes before any setting.
    private func sharedDirectory(_ plan: CachePlan) -> (path: String, variable: String?)? {
        let given = LeaseVariables.given(in: environment).map(\.name)
        for name in plan.names where !given.contains(name) {
            guard let value = environment[name] else { continue }
            return Path.isAbsolute(value) ? (value, name) : nil
        }
        guard plan.mode == .shared, let folder = cacheFolder else { return nil }
        return plan.sharedDirectory(in: folder, home: environment["HOME"]).map { ($0, nil) }
    }
}
