/// One line of a reflog that is a file; what a line does not say, as one that was cut short, is nil.
package struct ReflogLine: Sendable, Equatable {
    /// An object id, as `new` is; of zeros only where there was nothing.
    package let old: String?
    package let new: String?
    /// Since 1970.
    package let seconds: Int64?
    package let message: String?

    /// Of `old new name <mail> seconds zone TAB message`. As for git, the mail's end is where to count from: a name may
    /// hold a tab.
    private init(_ line: ArraySlice<UInt8>) {
        let words = line.split(separator: 0x20, maxSplits: 2)
        func id(_ index: Int) -> String? {
            guard index < words.count else { return nil }
            let text = String(decoding: words[index], as: UTF8.self)
            return Text.isObjectID(text) ? text : nil
        }
        (old, new) = (id(0), id(1))
        let time = words.count < 3 ? [] : words[2].drop { $0 != UInt8(ascii: ">") }.dropFirst(2)
        seconds = Int64(String(decoding: time.prefix { $0 != 0x20 }, as: UTF8.self))
        message = time.firstIndex(of: 0x09).map { String(decoding: time[($0 + 1)...], as: UTF8.self) }
    }

    /// Of a whole reflog, the oldest first.
    package static func lines(_ bytes: [UInt8]) -> [ReflogLine] { bytes.split(separator: 0x0A).map(ReflogLine.init) }
}
