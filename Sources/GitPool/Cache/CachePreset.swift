/// What is known of one tool's cache, as data: adding a tool is adding a line to `all`, and nothing else asks which tool
/// it is.
package struct CachePreset: Sendable {
    /// Where the tool keeps its cache unless told otherwise.
    package enum Home: Sendable, Equatable {
        /// In the worktree, ignored by git: a slot's own without being told.
        case tree(String)
        /// In the user's home: shared by all worktrees without being told.
        case user
    }

    /// A variable that moves the cache, and the folder of the cache it stands for, empty for all of it.
    package struct Variable: Sendable, Equatable {
        package let name: String
        package let folder: String

        init(_ name: String, _ folder: String = "") {
            self.name = name
            self.folder = folder
        }
    }

    /// What it costs to share a cache that was not made for it.
    package enum SharingCost: Sendable, Equatable {
        /// It is named after the package, not after the checkout: one gets what the other built.
        case mixesOutputs
    }

    package let tool: String
    /// One of these at the top of a tree says that the tool is used there.
    package let markers: [String]
    package let home: Home
    package let variables: [Variable]
    /// Other names under which a user may have said the same.
    package let aliases: [String]
    /// What may be asked for, the default first. Where the default is `clone` it is `slot` on a disk that cannot clone.
    package let modes: [CacheMode]
    package let sharingCost: SharingCost?

    init(
        _ tool: String, _ markers: [String], _ home: Home, _ variables: [Variable] = [], aliases: [String] = [],
        modes: [CacheMode], sharingCost: SharingCost? = nil
    ) {
        self.tool = tool
        self.markers = markers
        self.home = home
        self.variables = variables
        self.aliases = aliases
        self.modes = modes
        self.sharingCost = sharingCost
    }

    /// Every tool there is. Output that has its own path in it (CMake's cache, a venv's scripts, SwiftPM's modules) is
    /// never cloned: it would work in the slot it came from. What is addressed by its content is the user's already.
    package static let all: [CachePreset] = [
        CachePreset(
            "cargo", ["Cargo.toml"], .tree("target"), [Variable("CARGO_TARGET_DIR")],
            aliases: ["CARGO_BUILD_TARGET_DIR"], modes: [.clone, .slot, .shared], sharingCost: .mixesOutputs),
        CachePreset(
            "go", ["go.mod", "go.work"], .user, [Variable("GOCACHE", "build"), Variable("GOMODCACHE", "mod")],
            modes: [.shared, .slot, .clone]),
        CachePreset("node", ["package.json"], .tree("node_modules"), modes: [.clone, .slot]),
        CachePreset(
            "npm", ["package-lock.json", "npm-shrinkwrap.json"], .user, [Variable("npm_config_cache")],
            aliases: ["NPM_CONFIG_CACHE"], modes: [.shared, .slot, .clone]),
        CachePreset(
            "pnpm", ["pnpm-lock.yaml"], .user, [Variable("npm_config_store_dir")],
            aliases: ["NPM_CONFIG_STORE_DIR", "pnpm_config_store_dir", "PNPM_CONFIG_STORE_DIR"],
            modes: [.shared, .slot, .clone]),
        CachePreset(
            "yarn", ["yarn.lock"], .user, [Variable("YARN_CACHE_FOLDER")], aliases: ["YARN_GLOBAL_FOLDER"],
            modes: [.shared, .slot, .clone]),
        CachePreset("uv", ["uv.lock"], .user, [Variable("UV_CACHE_DIR")], modes: [.shared, .slot, .clone]),
        CachePreset(
            "pip", ["requirements.txt", "pyproject.toml", "setup.py"], .user, [Variable("PIP_CACHE_DIR")],
            modes: [.shared, .slot, .clone]),
        CachePreset("venv", ["pyproject.toml", "requirements.txt", "setup.py"], .tree(".venv"), modes: [.slot]),
        // The user's own settings and credentials lie in the same folder.
        CachePreset(
            "gradle", ["settings.gradle", "settings.gradle.kts", "build.gradle", "build.gradle.kts"], .user,
            [Variable("GRADLE_USER_HOME")], modes: [.shared]),
        CachePreset("maven", ["pom.xml"], .user, modes: [.shared]),
        CachePreset(
            "swiftpm", ["Package.swift"], .tree(".build"), [Variable("SWIFTPM_BUILD_DIR")], modes: [.slot, .shared],
            sharingCost: .mixesOutputs),
        CachePreset("cmake", ["CMakeLists.txt"], .tree("build"), modes: [.slot]),
        CachePreset(
            "ccache", ["CMakeLists.txt", "configure.ac", "meson.build", "Makefile"], .user, [Variable("CCACHE_DIR")],
            aliases: ["CCACHE_CONFIGPATH"], modes: [.shared, .slot, .clone]),
        CachePreset(
            "sccache", ["Cargo.toml", "CMakeLists.txt", "meson.build"], .user, [Variable("SCCACHE_DIR")],
            aliases: ["SCCACHE_CONF"], modes: [.shared, .slot, .clone]),
        // Its output base is named after the worktree's path, which a slot keeps for life; `--disk_cache` has no variable.
        CachePreset("bazel", ["MODULE.bazel", "WORKSPACE", "WORKSPACE.bazel"], .user, modes: [.slot]),
        CachePreset("unity", ["ProjectSettings/ProjectVersion.txt"], .tree("Library"), modes: [.clone, .slot]),
    ]
}
