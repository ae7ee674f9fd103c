import Foundation

/// The git of 2.54 or later that `.ci/newer-git` finds, for tests of what only such a git does.
enum NewerGit {
    /// Its folder, as `GIT_POOL_TEST_NEWER_GIT` names it; nil where there is none, or where the tests' user may not use it.
    static let folder: String? = {
        let named = ProcessInfo.processInfo.environment["GIT_POOL_TEST_NEWER_GIT"] ?? ""
        if !named.isEmpty, isNew("\(named)/git") { return named }
        return isSystems ? Scratch.parent(of: which) : nil
    }()

    /// Whether the git on PATH is one.
    static let isSystems = isNew(which)

    static let missing = "no git 2.54 or later; '.ci/newer-git' gets one, GIT_POOL_TEST_NEWER_GIT names its folder"

    private static let which =
        (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":").map { "\($0)/git" }
        .first { FileManager.default.isExecutableFile(atPath: $0) } ?? "/usr/bin/git"

    private static func isNew(_ git: String) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: git)
        process.arguments = ["version"]
        let output = Pipe()
        process.standardOutput = output
        guard (try? process.run()) != nil else { return false }
        let line = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let words = line.split(separator: " ")
        guard words.count > 2 else { return false }
        let numbers = words[2].split(separator: ".").prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (2, 54)
    }
}
