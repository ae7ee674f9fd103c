"""Plays a script line by line in a world, with the model beside it. A line is its own record: what failed is replayed
from the very lines that were played, and one that makes no sense any more, because others were left out, is skipped.

    shape filters                         first of all: the repository is another than the plain one (`shapes.py`)
    keepers                               from here on they run, and do things on their own time
    travel gc / copy gc / twin gc         moved and back; a copy, or another repository with the same root, does something
    config pool.max 4                     git's configuration, as the user sets it
    start h1 / kill h1 / reboot / later 90000 / clock -500
    pool [fault=P] [full=N] [files=N] [kill=ms] [in=T] add --pid=@h1 a        a call of git-pool; @h1 is a pid, @a a path
    freeze P : pool done a : write a f 7 : go       stopped at a fault point, meanwhile something, then `go` or `kill`
    freeze ~9 : pool done a : write a f 7 : go      stopped after so many milliseconds, wherever it is
    burst : pool gc : pool add b : pool done a      all at once
    write a d/f.txt 7 / remove a f / chmod a f / link a f b.txt     files of a worktree: of a lease, `main`, or `u1`
    git a commit -qam x                   what a user does to work of his own, and may lose by it
    tidy gc --prune=now                   plain git that by its own word loses nothing
    wreck wipe a                          a user's hand on a worktree that the pool counts on
    converge                              gc settles everything, and a second one changes nothing
"""

import os
import shlex
import shutil
import signal
import subprocess
import time

import shapes
from hands import Hands, Skip
from look import records
from model import KILLED, STATUSES, Model, Step, Violation
from pool import expect, plan
from world import Stuck, World


class Player(Hands):
    def __init__(self, binary, folder, has_disk, tell=None):
        self.world = World(binary, folder, has_disk)
        self.tell, self.lines = tell, []
        self.figures = dict.fromkeys(("operations", "killed", "frozen", "full", "deaths", "reboots", "bursts", "user", "shaped", "kept"), 0)
        self.make_repository("plain")
        self.model = Model(self.world)

    def close(self):
        self.world.close()

    def make_repository(self, shape):
        world = self.world
        for folder in (world.repo, world.disk + "/mine", world.disk + "/home"):
            shutil.rmtree(folder, ignore_errors=True)
            os.mkdir(folder)
        world.git("init", "-q", *shapes.prepare(world, shape))
        for name, text in (("a.txt", "one\n"), ("d/b.txt", "two\n"), ("d/e/c.txt", "three\n"), (".gitignore", "*.o\n")):
            self.put(world.repo, name, text)
        os.symlink("a.txt", world.repo + "/link")
        shapes.furnish(world, shape, self.put)
        for message in ("first", "second"):
            world.git("add", "-A")
            world.git("commit", "-qm", message)
            self.put(world.repo, "run.sh", "true\n")
            os.chmod(world.repo + "/run.sh", 0o755)

    def do_keepers(self, _):
        """From here on they run, and do things on their own time."""
        self.world.has_keepers = True
        self.world.environment.pop("GIT_POOL_AUTO", None)
        self.figures["kept"] += 1

    def do_travel(self, rest):
        """The repository is moved, used there, and moved back."""
        world, away = self.world, self.world.repo + "-moved"
        world.end_keepers()
        for place, other, calls in ((world.repo, away, (rest, "list", "gc")), (away, world.repo, ("doctor --fix", "list"))):
            os.rename(place, other)
            for call in calls:
                outcome = world.run(["git-pool", *shlex.split(call)], other)
                if outcome.status not in STATUSES:
                    raise Violation("status", f"{outcome.status} of {call}: {outcome.story[-2000:]}")
            world.end_keepers()
        self.model.check(Step(words=["travel"], is_disturbed=True))

    def do_copy(self, rest):
        """The repository is copied, whatever its slots are at, and git-pool is called in the copy."""
        world, copy = self.world, self.world.disk + "/copied"
        self.remove_copy(copy)
        subprocess.run(["cp", "-a", world.repo, copy], check=True)
        outcome = world.run(["git-pool", *self.resolved(shlex.split(rest))], copy)
        if outcome.status not in STATUSES:
            raise Violation("status", f"{outcome.status} of {rest}: {outcome.story[-2000:]}")
        world.end_keepers()
        self.model.check(Step(words=["copy"], is_disturbed=True))
        self.remove_copy(copy)

    @staticmethod
    def remove_copy(copy):
        for folder in (copy, copy + ".pool"):
            shutil.rmtree(folder, ignore_errors=True)

    def do_twin(self, rest):
        """Another repository of the same name keeps its slots in the same folder."""
        world, twin = self.world, self.world.disk + "/home/repo"
        if not os.path.isdir(twin):
            raise Skip
        outcome = world.run(["git-pool", *self.resolved(shlex.split(rest))], twin)
        if outcome.status not in STATUSES:
            raise Violation("status", f"{outcome.status} of {rest}: {outcome.story[-2000:]}")
        if rest.startswith("add") and outcome.status == 0:
            path = outcome.line + "/twin.txt"
            world.twins[path] = f"precious {len(world.twins)} of the other\n".encode()
            with open(path, "wb") as file:
                file.write(world.twins[path])
        self.model.check(Step(words=["twin"], is_disturbed=True))

    def do_shape(self, shape):
        if self.lines or shape == "tables" and not shapes.newer_git():
            raise Skip
        self.make_repository(shape)
        self.model = Model(self.world)
        self.figures["shaped"] += 1

    def play(self, line):
        """Whether the line made sense. What it broke is thrown as a `Violation`."""
        verb, _, rest = line.partition(" ")
        if self.tell:
            self.tell(line)
        try:
            getattr(self, "do_" + verb)(rest)
        except Skip:
            return False
        except Stuck as stuck:
            raise Violation("stuck", str(stuck)) from None
        self.lines.append(line)
        self.figures["operations"] += line.count(" : ") + 1 - (verb == "burst") - 2 * (verb == "freeze")
        return True

    # Names

    def place(self, name):
        found = self.world.repo if name == "main" else f"{self.world.disk}/mine/{name}" if name[0] in "um" else self.model.place(name)
        if not found or not os.path.isdir(found):
            raise Skip
        return found

    def resolved(self, words):
        return [self.resolve(word) for word in words]

    def resolve(self, word):
        before, at, name = word.partition("@")
        if not at or before and not before.endswith("="):
            return word
        if name[0] == "h" and name[1:].isdigit():
            if name not in self.world.holders:
                raise Skip
            return before + str(self.world.holders[name].pid)
        return before + self.place(name)

    # The world

    def do_config(self, rest):
        key, value = shlex.split(rest)
        self.world.git("config", key, value)
        if key == "pool.max":
            self.model.limit = int(value)
        if key == "pool.keepDone":
            self.model.keeps_done = value == "true"
        self.model.take()

    def do_start(self, name):
        self.world.start(name)

    def do_kill(self, name):
        if name not in self.world.holders:
            raise Skip
        self.world.kill(name)
        self.model.end_of(name)
        self.figures["deaths"] += 1

    def do_reboot(self, _):
        for name in list(self.world.holders):
            self.model.end_of(name)
        self.world.reboot()
        self.model.trusted_since = self.world.seconds
        self.figures["reboots"] += 1

    def do_later(self, seconds):
        self.world.end_keepers()
        self.world.seconds += int(seconds)

    def do_clock(self, seconds):
        self.world.end_keepers()
        self.world.clock += int(seconds)
        self.model.trusted_since = self.world.seconds

    # git-pool

    def call(self, rest):
        """The program's words, its folder, its environment and what it is put under."""
        words, options = shlex.split(rest), {}
        while words and words[0].split("=")[0] in ("fault", "full", "files", "kill", "in"):
            key, _, options[key] = words.pop(0).partition("=")
        options["cwd"] = self.place(options["in"]) if "in" in options else self.world.repo
        program = ["git-pool", *self.resolved(words)]
        if "files" in options:
            program = ["sh", "-c", f'ulimit -n {options["files"]}; exec "$@"', "sh", *program]
        extra = {"GIT_POOL_LOCK_TIMEOUT": "200"} if self.world.busy else {}
        return words, program, options, extra

    def do_pool(self, rest):
        words, program, options, extra = self.call(rest)
        step = plan(self.model, words, options)
        if "fault" in options:
            extra["GIT_POOL_FAULT"] = options["fault"]
        if "full" in options:
            if not self.world.has_disk:
                raise Skip
            self.world.squeeze(int(options["full"]))
            self.figures["full"] += 1
        if step.discards:
            self.model.discard(words[-1])
        try:
            process = self.world.spawn(program, options["cwd"], extra)
            if "kill" in options:
                time.sleep(int(options["kill"]) / 1000)
                process.poll() is None and process.kill()
            outcome = self.world.wait(process)
        finally:
            self.world.squeeze(None)
        self.finish(step, outcome, self.model.now)

    def finish(self, step, outcome, before):
        if outcome.status == KILLED and step.is_disturbed:
            self.figures["killed"] += 1
        elif outcome.status not in STATUSES and step.words[0] != "run":
            raise Violation("status", f"{outcome.status} of {step.words}: {outcome.story[-2000:]}")
        expect(self.model, step, outcome, before)

    def do_freeze(self, rest):
        point, call, *inner, end = rest.split(" : ")
        words, program, options, extra = self.call(call.removeprefix("pool "))
        step = plan(self.model, words, {**options, "fault": point})
        if point[0] == "~":
            process = self.world.spawn(program, options["cwd"], extra)
            time.sleep(int(point[1:]) / 1000)
            is_stopped = self.world.stop(process)
        else:
            process = self.world.spawn(program, options["cwd"], {**extra, "GIT_POOL_FAULT": point + ":pause"})
            is_stopped = self.world.has_stopped(process)
        if is_stopped:
            self.figures["frozen"] += 1
            self.world.busy.add(process)
            if words[0] == "done":
                if step.discards:
                    self.model.discard(words[-1])
                for name in step.targets:
                    self.model.end(name)
            try:
                self.model.check(step)
                for line in inner:
                    try:
                        getattr(self, "do_" + line.split(" ")[0])(line.partition(" ")[2])
                    except Skip:
                        pass
            finally:
                # A call for several leases passes the point for each.
                self.world.let_go(process, signal.SIGCONT if end == "go" else signal.SIGKILL)
                while self.world.has_stopped(process):
                    self.world.let_go(process)
                self.world.busy.discard(process)
        if step.discards:
            self.model.discard(words[-1])
        self.finish(step, self.world.wait(process), self.model.now)

    def met_half_made(self, outcome):
        """Where git-pool leaves a worktree to git's own `worktree add`, that shows others a HEAD without a commit."""
        question = ("config", "--get-regexp", "^extensions[.](worktreeconfig|refstorage)$")
        return outcome.status != 0 and "bad object worktrees/" in outcome.story and self.world.ask(*question).status == 0

    def do_burst(self, rest):
        calls = []
        for part in rest.removeprefix(": ").split(" : "):
            try:
                verb, _, call = part.partition(" ")
                if verb == "tidy":
                    calls.append((None, ["git", *shlex.split(call)], self.world.repo))
                else:
                    words, program, options, _ = self.call(part)
                    calls.append((plan(self.model, words, {**options, "fault": ""}), program, options["cwd"]))
            except Skip:
                pass
        if len(calls) < 2:
            raise Skip
        union = Step(is_disturbed=True)
        for step, _, _ in calls:
            if step:
                union.targets |= step.targets
                union.lands |= step.lands
                union.drops |= step.drops
                if step.discards:
                    self.model.discard(step.words[-1])
        started = [(step, program, self.world.spawn(program, cwd)) for step, program, cwd in calls]
        self.world.busy |= {process for _, _, process in started}
        self.figures["bursts"] += 1
        ended = []
        for step, program, process in started:
            ended.append((step, self.world.wait(process)))
            self.world.busy.discard(process)
            # From a branch without a commit there is nothing to fetch.
            is_unborn = self.model.now.trees[self.world.repo].commit is None
            if not step and self.met_half_made(ended[-1][1]):
                continue
            if ended[-1][1].status not in (STATUSES if step else {0, 128} if is_unborn else {0}):
                raise Violation("status", f"{ended[-1][1].status} of {program}: {ended[-1][1].story[-2000:]}")
        done = {name for step, _ in ended if step and step.words[0] == "done" for name in step.targets}
        for name in [*self.model.leases] if "*" in done else done:
            self.model.end(name)
        self.model.check(union)
        for step, outcome in ended:
            if step and step.words[0] == "add" and outcome.status == 0 and "*" not in done and not step.targets & done:
                expect(self.model, step, outcome, None)

    # The end of it all

    def do_converge(self, _):
        for _ in range(3):
            self.do_pool("gc")
        # What is left for a keeper it does by itself; what one was at, another call must be able to finish.
        self.world.end_keepers()
        for _ in range(2 if self.world.has_keepers else 0):
            self.do_pool("gc")
            self.world.end_keepers()
        unfinished = [record["state"] for record in records(self.world.common + "/pool/slots")
                      if record["state"] in ("leasing", "releasing", "warming", "trash")]
        strays = [name for name in os.listdir(self.world.root) if name.startswith(".fenced-")] if os.path.isdir(self.world.root) else []
        strays += [name for name in os.listdir(self.world.common + "/pool") if name.startswith(("new-", "trash-", "save-"))] \
            if os.path.isdir(self.world.common + "/pool") else []
        if unfinished or strays:
            raise Violation("no end", f"after gc there is still {unfinished} {strays}")
        before = self.standing()
        self.do_pool("gc")
        self.world.end_keepers()
        if self.standing() != before:
            raise Violation("no end", f"another gc changes {set(before) ^ set(self.standing())}")
        self.do_pool("doctor")

    def standing(self):
        look = self.model.now
        return {(record["number"], record["state"]) for record in look.records} | set(look.refs.items()) | set(look.trees)
