internal import Glibc

/// Points in time; a decision that depends on time asks both clocks, as one of them may have been set.
package enum Clock {
    /// Seconds since 1970, as set by whoever sets the clock.
    package static func wall() -> Int64 { read(CLOCK_REALTIME) / 1_000_000_000 }

    /// The same in nanoseconds.
    package static func wallNanoseconds() -> Int64 { read(CLOCK_REALTIME) }

    /// The clock that files are stamped by, in nanoseconds since 1970: what is changed from now on has no earlier stamp
    /// (clock_gettime(2), CLOCK_REALTIME_COARSE; it ticks every 10 ms or faster).
    package static func fileNanoseconds() -> Int64 {
        #if canImport(Darwin)
        read(CLOCK_REALTIME) - 20_000_000
        #else
        read(CLOCK_REALTIME_COARSE)
        #endif
    }

    /// Milliseconds since boot, running through suspend, moved by nobody.
    package static func sinceBoot() -> Int64 {
        #if canImport(Darwin)
        read(CLOCK_MONOTONIC) / 1_000_000
        #else
        read(CLOCK_BOOTTIME) / 1_000_000
        #endif
    }

    package static func sleep(milliseconds: Int64) {
        var time = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
        var rest = timespec()
        while unsafe nanosleep(&time, &rest) != 0, errno == EINTR { time = rest }
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// Arithmetic of times, in which `.max` is for ever and stays so.
extension Int64 {
    package func addingOrMax(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    package func multipliedOrMax(_ factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}

/// A moment up to which something may wait, on the clock that nobody moves.
package struct Deadline: Sendable {
    private let moment: Int64

    package init(in milliseconds: Int64) {
        moment = Clock.sinceBoot().addingOrMax(milliseconds)
    }

    package var remaining: Int64 { max(0, moment - Clock.sinceBoot()) }
    package var hasPassed: Bool { remaining == 0 }
}
