import Foundation
import Testing

@testable import GitPool

/// Which variables of build caches a lease gets, and whose values they have.
@Suite struct CacheTests {
    private let scratch: Scratch
    private let repository: Repository

    init() throws {
        scratch = try Scratch()
        repository = try scratch.repository(files: ["Cargo.toml": "", "go.mod": "", ".gitignore": "target\nout\n"])
    }

    private func variables(_ lease: String, env: [String: String?] = [:]) throws -> [String: String] {
        let outcome = try repository.pool("env", "--format=json", lease, env: env)
        return try #require(try outcome.object() as? [String: String])
    }

    private func configure(_ settings: [String: String]) throws {
        for (key, value) in settings { try repository.git("config", "pool.cache.\(key)", value) }
    }

    @Test("E4 where the tools do right by themselves nothing is set")
    func defaults() throws {
        _ = try repository.lease("one")
        #expect(try variables("one").keys.allSatisfy { $0.hasPrefix("GIT_POOL_") && $0 != "GIT_POOL_CACHES" })
        try repository.pool("run", "--pid", try scratch.holderPid(), "--", "printenv", "CARGO_TARGET_DIR").check(1)
        #expect(!Scratch.exists("\(repository.root)/cache"))
    }

    @Test("E4 shared is the same directory in every slot, outside of all, and there; slot is each one's own")
    func modes() throws {
        try configure(["cargo.mode": "shared", "go.mode": "slot"])
        let places = [try repository.lease("one"), try repository.lease("two")]
        let (one, two) = (try variables("one"), try variables("two"))
        let shared = try #require(one["CARGO_TARGET_DIR"])
        #expect(two["CARGO_TARGET_DIR"] == shared && Scratch.exists(shared))
        #expect(!places.contains { shared.hasPrefix($0 + "/") } && shared.hasPrefix(repository.root + "/cache/"))
        for name in ["GOCACHE", "GOMODCACHE"] {
            let own = try #require(one[name])
            #expect(own != two[name] && Scratch.exists(own))
        }
        let printed = try repository.pool("run", "--", "printenv", "CARGO_TARGET_DIR").ok()
        #expect(printed.line == shared)
        let shown = try repository.pool("show", "--json", "one").object()["env"] as? [String: String]
        #expect(shown == one)
        #expect(try scratch.read("\(repository.root)/cache/CACHEDIR.TAG").hasPrefix("Signature: 8a477f597d28d172"))
    }

    @Test("E4 a tool that the tree does not use gets nothing; one folder below the top is use enough")
    func markers() throws {
        try configure(["cargo.mode": "shared", "uv.mode": "slot", "npm.mode": "slot"])
        try repository.git("rm", "-q", "Cargo.toml")
        try repository.commit("elsewhere", ["core/Cargo.toml": "", "a/b/package-lock.json": ""])
        _ = try repository.lease("one")
        let set = try variables("one")
        #expect(set["CARGO_TARGET_DIR"] != nil && set["UV_CACHE_DIR"] == nil && set["npm_config_cache"] == nil)
    }

    @Test("E4 a user's own value stays, under any of its names; what an outer lease set does not")
    func own() throws {
        try configure(["cargo.mode": "shared", "go.mode": "slot"])
        _ = try repository.lease("one")
        for name in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"] {
            #expect(try variables("one", env: [name: "/mine"])["CARGO_TARGET_DIR"] == nil)
        }
        let script = """
            eval "$(git pool env one)"; echo "$GOCACHE"
            git pool run --no-holder two -- sh -c 'echo "$GOCACHE"; echo "$CARGO_TARGET_DIR"'
            CARGO_TARGET_DIR=/mine GIT_POOL_GROUP=old git pool run --no-holder three -- sh -c \\
                'echo "$CARGO_TARGET_DIR"; echo "${GIT_POOL_GROUP-none}"'
            git config pool.cache.go.mode shared; eval "$(git -c pool.cache.cargo.path=/x pool env one)"
            echo "$CARGO_TARGET_DIR"
            """
        let lines = try scratch.sh(script, in: repository.path).ok().lines
        try #require(lines.count == 6, "\(lines)")
        #expect(lines[0].contains("/cache/repo/1/") && lines[1].contains("/cache/repo/2/"))
        #expect(lines[2].hasSuffix("/cache/repo/shared/cargo"))
        #expect(Array(lines[3...]) == ["/mine", "none", "/x"])
    }

    @Test("E4 a tool of the user's own: its variable, its mode, its place")
    func added() throws {
        try configure(["mine.env": "MY_CACHE", "theirs.env": "THEIR_CACHE", "theirs.mode": "shared"])
        let place = try repository.lease("one")
        #expect(try variables("one")["MY_CACHE"]?.hasSuffix("/cache/repo/1/mine") == true)
        #expect(try variables("one")["THEIR_CACHE"]?.hasSuffix("/cache/repo/shared/theirs") == true)
        try configure(["mine.path": "out", "theirs.path": scratch.at("their place")])
        #expect(try variables("one")["MY_CACHE"] == "\(place)/out")
        #expect(try variables("one")["THEIR_CACHE"] == scratch.at("their place"))
        try configure(["theirs.mode": "slot"])
        #expect(try variables("one")["THEIR_CACHE"] == scratch.at("their place/repo-1"))
    }

    @Test(
        "E4 a setting that no tool can follow is refused, and one that says nothing is told by doctor",
        arguments: [
            ("node.mode", "shared"), ("cmake.mode", "clone"), ("cargo.mode", "both"), ("x.env", "LD_PRELOAD"),
            ("x.env", "1A"), ("x.env", "A B"), ("x.path", "../out"),
        ])
    func refused(key: String, value: String) throws {
        try configure([key: value])
        try repository.pool("list").check(128, says: "fatal: bad value '\(value)' for 'pool.cache.\(key)': expected")
    }

    @Test("E4 doctor says what no tool answers to, and that the user's own variable makes all share")
    func told() throws {
        try configure(["crago.mode": "slot"])
        let mine = try repository.pool("doctor", env: ["CARGO_TARGET_DIR": "/mine"]).ok().out
        #expect(mine.contains("remark: nothing is known of the cache of 'crago'"))
        #expect(mine.contains("remark: CARGO_TARGET_DIR is set, so all worktrees share what cargo builds: '/mine'"))
        #expect(try !repository.pool("doctor", env: ["CARGO_TARGET_DIR": "out"]).ok().out.contains("is set, so"))
    }

    @Test("E4 a slot's caches outside of it go when it goes")
    func gone() throws {
        try configure(["go.mode": "slot"])
        try repository.git("config", "pool.strategy", "ondemand")
        _ = try repository.lease("one")
        let cache = try #require(try variables("one")["GOCACHE"])
        try scratch.write("\(cache)/00/object", "x")
        try repository.pool("done", "one").ok()
        try scratch.until("the slot is gone") {
            try repository.pool("gc").ok()
            return try repository.slots().isEmpty
        }
        #expect(!Scratch.exists("\(repository.root)/cache/repo/1"))
    }

    @Test("E4 the presets are sound: each tool once, and nothing shared or cloned that was not made for it")
    func presets() throws {
        #expect(Set(CachePreset.all.map(\.tool)).count == CachePreset.all.count)
        let page = try String(contentsOf: packageDirectory.appending(path: "man/gitpool-config.5"), encoding: .utf8)
        for preset in CachePreset.all {
            #expect(!preset.markers.isEmpty && !preset.modes.isEmpty, "\(preset.tool)")
            #expect(Set(preset.modes).count == preset.modes.count, "\(preset.tool)")
            // What has to be named to be shared needs a name.
            if preset.home != .user, preset.modes.contains(.shared) { #expect(!preset.variables.isEmpty) }
            let modes = preset.modes.map(\.rawValue).joined(separator: ", ")
            let row = page.split(separator: "\n").first { $0.hasPrefix(".It \(preset.tool) Ta ") }
            #expect(row?.hasSuffix(" Ta \(modes)") == true, "\(preset.tool) in the manual")
            for variable in preset.variables { #expect(row?.contains(variable.name) == true, "\(preset.tool)") }
        }
        let unsafe = CachePreset.all.filter { $0.sharingCost != nil }
        #expect(unsafe.allSatisfy { $0.modes.first != .shared } && unsafe.contains { $0.tool == "cargo" })
    }
}
