import Foundation
import Testing

@Suite struct InstallTests {
    private static let places = [
        "bin/git-pool", "share/bash-completion/completions/git-pool", "share/fish/vendor_completions.d/git-pool.fish",
        "share/fish/vendor_conf.d/git-pool.fish", "share/man/man1/git-pool.1", "share/man/man5/gitpool-config.5",
        "share/man/man7/gitpool-tutorial.7", "share/zsh/site-functions/_git-pool",
    ]

    @Test("G9 install puts the program, its manual and completions in place, and uninstall leaves no trace")
    func roundTrip() throws {
        let scratch = try Scratch()
        try scratch.write("prefix/share/man/man1/other.1", "mine\n")
        let before = try tree(of: scratch.at("prefix"))
        let prefix = scratch.at("prefix")
        let installed = try scratch.pool("install", "--prefix", prefix).check(0)
        #expect(installed.lines.sorted() == Self.places.map { "\(prefix)/\($0)" })
        #expect(installed.err.contains("export PATH=\(prefix)/bin:\"$PATH\""))
        let binary = "\(prefix)/bin/git-pool"
        for words in [["version"], ["--version"]] {
            #expect(try scratch.run([binary] + words).ok().out.hasPrefix("git-pool version "))
        }
        for page in ManualPage.all {
            let installed = try scratch.read("\(prefix)/share/man/man\(page.section)/\(page.file)")
            #expect(installed == page.text, "\(page.file)")
        }

        // Once more, by the installed one: nothing to do.
        #expect(try scratch.run([binary, "install", "--prefix", prefix]).check(0).out == "")
        let removed = try scratch.run([binary, "uninstall", "--prefix", prefix]).check(0)
        #expect(removed.lines.count == Self.places.count)
        #expect(try tree(of: prefix) == before)
        try scratch.pool("uninstall", "--prefix", prefix).check(0, says: "nothing is installed")
    }

    @Test("G9 without a prefix the files go below the home, data where XDG_DATA_HOME says")
    func home() throws {
        let scratch = try Scratch()
        let before = try tree(of: scratch.at("home"))
        try scratch.pool("install", env: ["XDG_DATA_HOME": scratch.at("home/data")]).check(0)
        for place in [
            ".local/bin/git-pool", ".local/share/man/man1/git-pool.1", "data/bash-completion/completions/git-pool",
            "data/git-pool/manifest",
        ] {
            #expect(Scratch.exists(scratch.at("home/\(place)")), "\(place)")
        }
        // What is on PATH needs no advice.
        let path = scratch.at("home/.local/bin") + ":" + (scratch.environment["PATH"] ?? "")
        let again = try scratch.pool("install", env: ["XDG_DATA_HOME": scratch.at("home/data"), "PATH": path]).check(0)
        #expect(!again.err.contains("PATH"))
        try scratch.pool("uninstall", env: ["XDG_DATA_HOME": scratch.at("home/data")]).check(0)
        #expect(try tree(of: scratch.at("home")) == before)
        try scratch.pool("install", env: ["HOME": nil, "XDG_DATA_HOME": nil]).check(129, says: "--prefix")
    }

    @Test(
        "G9 install names the one line for the shell's start-up file, unless the shell has it",
        arguments: [
            ("/bin/bash", "~/.bashrc:\n  eval \"$(git pool init bash)\"\n"),
            ("/usr/bin/zsh", "~/.zshrc:\n  eval \"$(git pool init zsh)\"\n"),
            ("/usr/bin/fish", "~/.config/fish/config.fish:\n  git pool init fish | source\n"), ("/bin/csh", nil),
        ])
    func startUp(_ shell: String, _ text: String?) throws {
        let scratch = try Scratch()
        let outcome = try scratch.pool("install", env: ["SHELL": shell]).check(0)
        #expect(outcome.err.contains(" add this line to \(text ?? "~")") == (text != nil), "\(outcome)")
        let hooked = ["SHELL": shell, "GIT_POOL_SHELL": "1:4711:\(scratch.at("hook"))"]
        #expect(try !scratch.pool("install", env: hooked).check(0).err.contains("git pool init"))
    }

    @Test("G9 what somebody else put there or changed is neither replaced nor removed")
    func foreign() throws {
        let scratch = try Scratch()
        let prefix = scratch.at("prefix")
        let page = "\(prefix)/share/man/man1/git-pool.1"
        try scratch.write(page, "mine\n")
        let before = try tree(of: prefix)
        try scratch.pool("install", "--prefix", prefix).check(1, says: page, "hint: ")
        #expect(try tree(of: prefix) == before)
        try scratch.sh("rm \"$1\"", page)
        try scratch.pool("install", "--prefix", prefix).check(0)
        try scratch.write(page, "edited\n")
        try scratch.pool("uninstall", "--prefix", prefix).check(0, says: "warning: left in place", page)
        #expect(try tree(of: prefix).filter { $0.value.bytes.count > 0 }.keys.sorted() == ["share/man/man1/git-pool.1"])
    }
}
