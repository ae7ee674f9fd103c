/// Digits read strictly: no sign, no space, no digit of another script, and too large is told from malformed.
enum WholeNumber: Equatable {
    case number(Int64)
    case tooLarge
    case malformed

    init(_ text: some StringProtocol) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard !text.isEmpty, text.utf8.allSatisfy(digits.contains) else {
            self = .malformed
            return
        }
        self = Int64(text).map(WholeNumber.number) ?? .tooLarge
    }
}
