package import Git

/// The keys `pool.cache.<tool>.{mode,env,path}`, checked against what each tool can take.
package struct CacheSettings: Sendable {
    /// What the user said of one tool; nil is what he left open.
    package struct Wish: Sendable, Equatable {
        package var mode: CacheMode?
        package var variable: String?
        package var path: String?
    }

    let wishes: [String: Wish]

    /// - Throws: `ConfigurationError`
    package init(_ configuration: Configuration) throws(ConfigurationError) {
        var wishes: [String: Wish] = [:]
        for key in configuration.keys.sorted() where key.hasPrefix("pool.cache.") {
            guard let dot = key.lastIndex(of: "."), let text = configuration.string(key) else { continue }
            let tool = String(key[..<dot].dropFirst("pool.cache.".count))
            guard !tool.isEmpty else { continue }
            switch key[key.index(after: dot)...] {
            case "mode": wishes[tool, default: Wish()].mode = try CacheSettings.mode(text, tool, key)
            case "env":
                guard CacheSettings.isVariable(text) else {
                    throw ConfigurationError(key: key, value: text, expected: .variable)
                }
                wishes[tool, default: Wish()].variable = text
            case "path":
                guard CacheSettings.isPath(text) else {
                    throw ConfigurationError(key: key, value: text, expected: .path)
                }
                wishes[tool, default: Wish()].path = text
            default: break
            }
        }
        self.wishes = wishes
    }

    private static func mode(_ text: String, _ tool: String, _ key: String) throws(ConfigurationError) -> CacheMode {
        let modes = CachePreset.all.first { $0.tool == tool }?.modes ?? CacheMode.allCases
        guard let mode = CacheMode(rawValue: text), modes.contains(mode) else {
            throw ConfigurationError(key: key, value: text, expected: .choice(modes.map(\.rawValue)))
        }
        return mode
    }

    /// A name any shell takes, and none of those that say where git itself, or what runs, is to be found.
    private static func isVariable(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        let isReserved =
            ["PATH", "HOME", "SHELL", "IFS", "ENV", "BASH_ENV", "PWD"].contains(text)
            || ["GIT_", "LD_", "DYLD_"].contains { text.hasPrefix($0) }
        return isName && !isReserved
    }

    /// Absolute, below the home, or relative without a way up.
    private static func isPath(_ text: String) -> Bool {
        !text.isEmpty && !text.utf8.contains(0) && !text.split(separator: "/").contains("..")
    }
}
