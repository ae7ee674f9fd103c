internal import CResources

/// A file of the package that is embedded in the program, byte for byte as it was linted and built; the raw value is
/// its path in the package.
package enum Resource: String, CaseIterable, Sendable {
    case manual = "man/git-pool.1"
    case configurationManual = "man/gitpool-config.5"
    case tutorial = "man/gitpool-tutorial.7"
    case bashCompletion = "completions/git-pool.bash"
    case zshCompletion = "completions/_git-pool"
    case fishCompletion = "completions/git-pool.fish"
    case fishRepair = "completions/git-pool-repair.fish"
    case bashHook = "hooks/hook.bash"
    case zshHook = "hooks/hook.zsh"
    case fishHook = "hooks/hook.fish"
    case postCheckout = "hooks/post-checkout"

    /// Empty for a case that the table of `CResources` lacks; a test asks for each.
    package var bytes: [UInt8] {
        var size = 0
        guard let start = unsafe cresources_find(rawValue, &size) else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: start, count: size))
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}
