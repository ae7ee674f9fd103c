internal import POSIX

/// What stands in a folder of slots, by name: each prefix is spelled here alone.
extension SlotRecord {
    static let fencePrefix = ".fenced-"
    /// In the name of something that had taken a slot's path and was moved beside it.
    static let keptMark = ".kept-"
    /// Of a tree that is being written again, beside the slots.
    static let mendingPrefix = ".mending-"
    /// Of work that is named by `workID`: what is being made, and what is being deleted.
    static let draftPrefix = "new-"
    static let trashPrefix = "trash-"

    static func newDraftID() -> String { draftPrefix + RandomID.make() }
    static func newTrashID() -> String { trashPrefix + RandomID.make() }

    /// What is built and deleted under such a name must never be anything else's, such as a user's `new-feed`.
    static func isWorkID(_ text: String) -> Bool {
        guard let prefix = [draftPrefix, trashPrefix].first(where: text.hasPrefix) else { return false }
        return RandomID.isOne(text.dropFirst(prefix.count))
    }

    /// Where the tree of this path stands while it is judged for the second time.
    static func fencePath(of path: String) -> String {
        Path.join(Path.parent(path) ?? "/", fencePrefix + Path.name(path))
    }

    /// Where trees are deleted: in the same folder, so on the same file system.
    static func trashFolder(in root: String) -> String { Path.join(root, "trash") }

    /// The number in the name of a slot's folder, `<repo>-<n>`.
    static func number(inName name: String) -> Int? {
        guard let dash = name.utf8.lastIndex(of: UInt8(ascii: "-")) else { return nil }
        return Int(name[name.index(after: dash)...]).flatMap { $0 > 0 ? $0 : nil }
    }
}
