/// The same git with one thing otherwise.
extension Git {
    package func at(_ place: Place) -> Git {
        var other = self
        other.place = place
        return other
    }

    package var withoutSubmodules: Git {
        var other = self
        other.leavesSubmodulesOut = true
        return other
    }

    package func inheriting(_ descriptor: Int32) -> Git {
        var other = self
        other.inherited.append(descriptor)
        return other
    }

    /// For commands that write what must outlive a power cut: objects and refs reach the disk before the answer
    /// (git-config(1), `core.fsync`; by default loose objects do not). Messages are UTF-8, whatever the user's are in.
    package var durable: Git {
        var other = self
        other.isDurable = true
        return other
    }

    package func with(_ variables: [String: String]) -> Git {
        var other = self
        for (name, value) in variables { other.environment[name] = value }
        return other
    }

    /// With configuration for this one command, as `git -c` has it but for a key with `=` in it. The user's own `-c`
    /// still has the last word.
    package func configured(_ values: [(key: String, value: String)]) -> Git {
        var other = self
        var count = environment["GIT_CONFIG_COUNT"].flatMap { Int($0) } ?? 0
        for (key, value) in values {
            other.environment["GIT_CONFIG_KEY_\(count)"] = key
            other.environment["GIT_CONFIG_VALUE_\(count)"] = value
            count += 1
        }
        other.environment["GIT_CONFIG_COUNT"] = String(count)
        return other
    }

    package func without(_ variables: [String]) -> Git {
        var other = self
        for name in variables { other.environment[name] = nil }
        return other
    }

    /// For commands whose standard error is read: `GIT_TRACE=1` and its like would write there; a file goes on.
    package var withoutTracesOnStandardError: Git {
        var other = self
        for (name, value) in environment where name.hasPrefix("GIT_TRACE") && !value.contains("/") {
            other.environment[name] = nil
        }
        return other
    }
}
