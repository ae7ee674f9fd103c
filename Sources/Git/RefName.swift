/// Full names of refs and the short names that people use for branches.
package enum RefName {
    private static let branches = "refs/heads/"

    package static func branch(_ name: String) -> String { branches + name }

    /// The branch's short name; nil for any other ref.
    package static func shortBranch(_ ref: String) -> String? {
        ref.hasPrefix(branches) ? String(ref.dropFirst(branches.utf8.count)) : nil
    }
}
