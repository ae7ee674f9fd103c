"""Deals random lines: what sessions, users and misfortune do, each by its weight, chosen by what the model knows now."""

from look import COUNTED
import shapes
from stock import BESIDE, FILES, HOLDERS, MOMENTS, NAMES, SETTINGS, TIDY


class Dealer:
    def __init__(self, random, model, points, has_disk, shape=None):
        self.random, self.model, self.points, self.has_disk = random, model, points, has_disk
        self.number, self.kind = 0, shape

    def opening(self):
        drawn = self.random.choices(list(shapes.SHAPES), list(shapes.SHAPES.values()))[0]
        self.kind = self.kind or drawn
        lines = [] if self.kind == "plain" else ["shape " + self.kind]
        lines += ["start " + name for name in HOLDERS]
        if self.chance(25):
            lines.append("keepers")
        lines.append("config pool.max " + self.random.choice(SETTINGS["pool.max"]))
        for key in self.random.sample(sorted(SETTINGS), 3):
            if key not in ("pool.max", "pool.exclusive"):
                lines.append(f"config {key} {self.random.choice(SETTINGS[key])}")
        return lines

    def line(self):
        if len(self.model.leases) < min(3, self.model.limit) and self.chance(40):
            return f"pool add {self.holder()} {self.one(self.free())}"
        kinds = {self.call: 30, self.faulty: 24, self.freeze: 14, self.burst: 3, self.user: 50, self.tidy: 5,
                 self.fate: 5, self.wreck: 3, self.setting: 1, self.converge: 3, self.elsewhere: 3}
        return self.random.choices(list(kinds), list(kinds.values()))[0]()

    # Chances

    def one(self, options):
        return self.random.choice(options)

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def next(self):
        self.number += 1
        return self.number

    def lease(self):
        """Most often a lease that stands; else a name that had one, whose place may be idle or another's."""
        leased = self.known(self.model.leases)
        return self.one(leased if leased and self.chance(85) else self.known(self.model.places) or NAMES)

    @staticmethod
    def known(names):
        """Without those that git-pool made up: they are others each time, and the same seed is to be the same run."""
        return sorted(name for name in names if name[0] in "abcdex" and len(name) < 6)

    def tree(self):
        if self.chance(10):
            return self.one(["main", "main", "u1", "u2"])
        return self.lease()

    def holder(self):
        alive = sorted(self.model.world.holders)
        return "--pid=@" + self.one(alive) if alive and self.chance(85) else "--no-holder"

    # Calls

    def call(self):
        kinds = {self.add: 30, self.done: 18, self.collect: 10, self.ask: 4, self.save: 5, self.restore: 7, self.keep: 3,
                 self.land: 8, self.run: 4, self.warm: 3, self.adopt: 2, self.mend: 4}
        return "pool " + self.random.choices(list(kinds), list(kinds.values()))[0]()

    def add(self):
        words = ["add", self.holder(), self.one(NAMES)]
        for chance, options in ((8, ["--detach"]), (6, ["--unique"]), (8, ["--resume"]), (5, ["--fresh"]),
                                (6, ["--from=main~1", "--from=HEAD~1", "--from=main"]), (4, ["--branch=b", "--branch=other"]),
                                (5, ["--ttl=0", "--ttl=1h"]), (3, ["--exclusive"]), (3, ["--session=s"]), (3, ["--wait=0"])):
            clashes = {"--resume": "--unique", "--branch=b": "--detach", "--wait=0": "--resume"}.get(options[0])
            if self.chance(chance) and clashes not in words:
                words.insert(1, self.one(options))
        return " ".join(words if self.chance(97) else words[:-1])

    def done(self):
        words = ["done"]
        for chance, options in ((40, ["--save"]), (12, ["--discard"]), (8, ["--keep", "--keep=1h"]), (4, ["-n"]),
                                (6, ["--delete-branch", "--keep-branch"]), (4, ["--failed"])):
            if self.chance(chance) and not (options == ["--discard"] and "--save" in words):
                words.append(self.one(options))
        if self.chance(4):
            return " ".join([*(word for word in words if word != "--discard"), "--all"])
        return " ".join([*words, self.lease()])

    def collect(self):
        return "gc" + self.one(["", "", "", "", " -n", " --auto", " --expire=30d", " --json"])

    def ask(self):
        return self.one(["list", "list --status --json", "list --saved", "show " + self.lease(), "doctor", "stats --disk",
                         "path " + self.lease(), "env " + self.lease(), "gc -n --expire=0", "list --porcelain -z"])

    def save(self):
        return "save " + self.lease()

    def restore(self):
        name = self.one(self.known(self.model.places) or NAMES)
        if self.chance(12):
            return f"in={self.tree()} restore --here {name}"
        return f"restore {self.holder()} {name}" + self.one(["", "", "@1", "@2"]) if self.chance(85) else f"restore --drop {name}"

    def keep(self):
        return f"keep {self.one(['--for=2h', '--forever', '--no-keep'])} {self.lease()}"

    def land(self):
        test = self.one(["", "", " --test=true", " --test=false"])
        return f"land --strategy={self.one(['no-ff', 'ff', 'squash', 'rebase'])}{test} {self.lease()}"

    def run(self, names=NAMES):
        return f"run {self.one(names)} -- sh -c 'echo precious {self.next()} >left.txt; exit 42'"

    def warm(self):
        return "warm " + self.one(["1", "2"])

    def mend(self):
        return "doctor --fix"

    def adopt(self):
        return f"adopt @{self.one(['u1', 'u2'])} {self.one(NAMES)}"

    def point(self, call):
        """One that the call may well pass."""
        wanted = {"add": "add", "run": "add", "warm": "add warm", "done": "done recycle save", "land": "land", "save": "save",
                  "restore": "add save", "adopt": "save",
                  "doctor": "mend doctor trash"}.get(call.removeprefix("pool ").split(" ")[0], "done recycle trash save")
        rare = ("orphaned", "unfence", "trash", "broken", "restore", "adopt", "setup", "rollback", "dismantle", "add.sub", "add.reg")
        if self.kind == "setup":
            rare = tuple(word for word in rare if word != "setup")
        near = [point for section, points in self.points.items() for point in points
                if any(word in section for word in wanted.split(" ")) and not point.startswith(rare)]
        return self.one(near if near and self.chance(85) else [point for points in self.points.values() for point in points])

    def free(self):
        """Names that nobody has, nor a branch."""
        look = self.model.now
        taken = {record.get("lease.name") for record in look.records} | {ref.removeprefix("refs/heads/") for ref in look.refs}
        return [name for name in NAMES if name not in taken] or NAMES

    def laden(self):
        """Leases with work in them, if there are any."""
        homes = {item[0] for item in self.model.now.work()}
        return self.known(name for name, lease in self.model.leases.items() if lease.path in homes) or [self.lease()]

    def is_settled(self):
        return all(record["state"] in ("idle", "leased") for record in self.model.now.records)

    def fruitful(self):
        """A call that most likely comes to something."""
        if not self.model.leases:
            return f"pool add {self.holder()} {self.one(self.free())}"
        held = sum(record["state"] in COUNTED for record in self.model.now.records)
        kinds = [*([] if held >= self.model.limit else [
                     lambda: f"add {self.holder()} {self.one(self.free())}",
                     lambda: f"add {self.holder()} --detach {self.one(self.free())}",
                     lambda: f"add {self.holder()} {self.one(self.free())}"]),
                 lambda: f"done {self.one(['--discard', '--keep', ''])} {self.lease()}", self.land,
                 lambda: f"done --save {self.one(self.laden())}", lambda: f"done --save {self.one(self.laden())}",
                 lambda: f"done --discard {self.one(self.laden())}", lambda: f"save {self.one(self.laden())}",
                 lambda: f"restore {self.holder()} {self.one(self.known(self.model.places) or NAMES)}",
                 lambda: "warm 2", lambda: self.run(self.free()),
                 *([] if self.is_settled() else [lambda: "gc"] * 5)]
        return "pool " + self.one(kinds)()

    def faulty(self):
        call = self.fruitful() if self.chance(85) else self.call()
        misfortune = "fault=" + self.point(call)
        if self.has_disk and self.chance(20):
            misfortune = f"full={self.random.randrange(0, 40)}"
        elif self.chance(25):
            misfortune = f"kill={self.one(MOMENTS)}"
        elif self.chance(4):
            misfortune = f"files={self.random.randrange(4, 14)}"
        return "pool " + misfortune + " " + call.removeprefix("pool ")

    def freeze(self):
        call = self.fruitful()
        while call.startswith("pool run"):
            call = self.fruitful()
        def user():
            # Mostly in the very worktree that the call is about.
            return self.user(call.split(" ")[-1] if self.chance(65) else None)
        inner = [self.one([user, user, user, self.tidy, self.call])() for _ in range(self.one([1, 1, 2, 3]))]
        point = f"~{self.one(MOMENTS)}" if self.chance(20) else self.point(call)
        return " : ".join(["freeze " + point, call, *inner, self.one(["go", "go", "kill"])])

    def burst(self):
        parts = [self.call().removeprefix("pool ") if self.chance(80) else "tidy " + self.one(BESIDE)
                 for _ in range(self.random.randrange(4, 9))]
        return "burst : " + " : ".join(part for part in parts if not part.startswith("run"))

    # The user

    def user(self, tree=None):
        tree = tree or self.tree()
        kinds = {self.write: 40, self.commit: 18, self.git: 22, self.remove: 5, self.shape: 8, self.worktree: 3}
        return self.random.choices(list(kinds), list(kinds.values()))[0](tree)

    def write(self, tree):
        if self.chance(6):
            return f"write {tree} .gitignore {self.one(['hidden*', '*.o'])}"
        name = self.one(FILES + shapes.FILES.get(self.kind, []) * 2)
        return f"write {tree} '{name}' {self.next()}"

    def commit(self, tree):
        return f"git {tree} commit -q {self.one(['-am', '-am', '-m', '--amend --no-edit -m', '--allow-empty -m'])} m{self.next()}"

    def git(self, tree):
        other = self.one(["other", "main", "b", "u1"])
        if self.kind in shapes.WORDS and self.chance(25):
            return f"git {tree} " + self.one(shapes.WORDS[self.kind])
        return f"git {tree} " + self.one([
            "add -A", "add -A", "add -N .", "stash -u", "stash pop", f"switch -q -c n{self.next()}", f"switch -q {other}",
            "switch -q --detach", "checkout -q --detach HEAD~1", "rebase -q main", "merge -q main", "merge -q --abort",
            "rebase --abort", "rebase --continue", "cherry-pick main", "revert --no-edit HEAD", "reset -q --hard HEAD~1",
            "reset -q", "reset -q --soft HEAD~1", "rm -q --cached -r d", "update-index --skip-worktree a.txt",
            "update-index --assume-unchanged d/b.txt", "update-index --no-skip-worktree a.txt", "bisect start HEAD HEAD~1",
            "bisect reset", "sparse-checkout set d", "sparse-checkout disable", "symbolic-ref HEAD refs/heads/unborn",
            "update-ref refs/worktree/mine HEAD", "clean -fdq", "checkout -q -- .", "branch -f other HEAD", "tag -f t",
            f"branch -D {other}", f"branch -m {other} renamed{self.next()}", "stash drop", "commit -q --amend --no-edit",
            "checkout -q --orphan fresh", "worktree add -q --detach inner", "init -q nested", "mv a.txt moved.txt"])

    def remove(self, tree):
        return f"remove {tree} '{self.one(FILES)}'"

    def shape(self, tree):
        name = self.one(FILES)
        return self.one([f"chmod {tree} '{name}'", f"link {tree} '{name}' nowhere", f"write {tree} '{name}/below' {self.next()}"])

    def worktree(self, _):
        name = self.one(["u1", "u2"])
        return f"git main worktree add -q -B {name} ../mine/{name}"

    def tidy(self):
        return "tidy " + self.one(TIDY)

    def wreck(self):
        what = self.one(["wipe", "lose-git-file", "lose-admin", "remove", "remove -f", "remove -f -f", "move", "lock", "unlock"])
        words = what.split(" ")
        more = [f"m{self.next()}"] if what == "move" else words[1:]
        return " ".join(["wreck", words[0], self.lease(), *more])

    # The world

    def fate(self):
        if not self.model.world.holders:
            return "start " + self.one(HOLDERS)
        return self.one(["kill " + self.one(HOLDERS), "kill " + self.one(HOLDERS), "start " + self.one(HOLDERS),
                         "start " + self.one(HOLDERS), "start " + self.one(HOLDERS), "reboot",
                         "later " + self.one(["60", "300", "4000", "90000", "2700000"]), "later 300",
                         "clock " + self.one(["-4000", "4000", "3000000"])])

    def elsewhere(self):
        """The repository itself is moved or copied; or its twin does something."""
        if self.kind == "shared" and self.chance(60):
            return "twin " + self.one([f"add --no-holder {self.one(NAMES)}", "gc", "warm 1", "doctor --fix", "list"])
        calls = ["doctor --fix", "gc", "list", "doctor --fix"]
        if self.chance(50):
            return "travel " + self.one(calls)
        return "copy " + self.one(calls + [f"add --no-holder {self.one(NAMES)}", f"done {self.lease()}", f"done --discard {self.lease()}", "warm 1"])

    def setting(self):
        key = self.one(sorted(key for key in SETTINGS if key.startswith("pool.") and key != "pool.exclusive"))
        return f"config {key} {self.one(SETTINGS[key])}"

    def converge(self):
        return "converge"
