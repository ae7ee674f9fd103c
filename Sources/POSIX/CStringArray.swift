internal import Glibc

/// A NULL-ended array of C strings, as exec(3) takes it; freed when it goes.
@safe struct CStringArray: ~Copyable {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        unsafe pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() { unsafe pointers[index] = strdup(string) }
        unsafe pointers[count] = nil
    }

    /// A value of our own environment that is not UTF-8 goes on as it came.
    init(environment: [String: String]) {
        let texts = environment.map { "\($0)=\($1)" }
        self.init(texts)
        // Its first byte is rare: a search for the character takes ten times as long as all the rest.
        for (index, text) in texts.enumerated() where text.utf8.contains(0xEF) && text.contains("\u{FFFD}") {
            guard let original = unsafe CStringArray.original(text) else { continue }
            unsafe free(pointers[index])
            unsafe pointers[index] = strdup(original)
        }
    }

    private static func original(_ text: String) -> UnsafeMutablePointer<CChar>? {
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            if unsafe String(cString: entry) == text { return unsafe entry }
            unsafe next += 1
        }
        return nil
    }

    deinit {
        for index in 0..<count { unsafe free(pointers[index]) }
        unsafe pointers.deallocate()
    }
}
