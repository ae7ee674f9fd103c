/// What is wrong with an agent's event, in words that go after `fatal: `.
enum AgentWords {
    static func text(_ error: AgentEvent.Invalid) -> String {
        switch error {
        case .noInput: "no event on standard input: an agent's program calls this, with JSON"
        case .malformed(let problem): "the event on standard input is not JSON: \(reason(problem))"
        case .noObject: "the event on standard input is no JSON object"
        case .otherEvent(let name, let expected):
            "the event on standard input is '\(name)', not '\(expected.rawValue)'"
        case .missing(let field): "the event on standard input has no '\(field)'"
        case .notText(let field): "'\(field)' of the event on standard input is no string"
        case .notAbsolute(let field): "'\(field)' of the event on standard input is no absolute path"
        case .unusable(let field): "'\(field)' of the event on standard input cannot be used"
        }
    }

    private static func reason(_ error: JSONReader.Malformed) -> String {
        switch error.problem {
        case .tooLarge: "it is larger than \(Size(bytes: Int64(JSONReader.mostBytes)))"
        case .tooDeep: "it is nested deeper than \(JSONReader.mostLevels) levels at byte \(error.offset)"
        case .notText: "not UTF-8 in the string at byte \(error.offset)"
        case .unexpected: "unexpected byte \(error.offset)"
        case .truncated: "it ends too soon"
        case .repeatedName: "a name stands twice in one object, at byte \(error.offset)"
        case .loneSurrogate: "half a surrogate pair at byte \(error.offset)"
        }
    }
}
