import Foundation

/// A suite that changes good files at random.
protocol FileFuzz {}

extension FileFuzz {
    /// The texts as they are, then what becomes of them; the same in each run.
    func each(_ texts: [String], _ rounds: Int, _ body: ([UInt8]) throws -> Void) rethrows {
        let samples = texts.map { Array($0.utf8) }
        for sample in samples { try body(sample) }
        var mutator = Mutator(samples, seed: UInt64(rounds))
        for _ in 0..<rounds { try body(mutator.next()) }
    }

    func put(_ bytes: [UInt8], _ path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
}
