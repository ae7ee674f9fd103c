#!/usr/bin/env python3
"""Times git-pool beside git, in one run, and sets the budgets of the design against what came out.

    swift build -c release --product git-pool
    python3 Tests/Performance/measure.py [--sizes 1000,5000,50000] [--rounds 15] [--clone <path>] [--disks]

A figure counts on a machine that does nothing else, and after three runs.
"""

import argparse
import contextlib
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time

import bench
from bench import Table, World, alternate, median, milliseconds, quantile


class Bench:
    """One repository in one world, and every measurement that is made in it."""

    def __init__(self, world, repository, table, rounds, label):
        self.world, self.repository, self.table, self.rounds = world, repository, table, rounds
        self.label = label
        self.count = 0

    # Words that are not measured.

    def pool(self, *words, env=None):
        return self.world.run(["git", "pool", *words], self.repository, env)

    def name(self):
        self.count += 1
        return f"lease-{self.count}"

    def states(self):
        return [slot["state"] for slot in json.loads(self.pool("list", "--json"))["slots"]]

    def settle(self, idle):
        """Until `idle` slots wait and nothing is under way."""
        for _ in range(2400):
            states = self.states()
            if states.count("idle") >= idle and set(states) <= {"idle", "leased"}:
                return
            self.pool("gc")
            time.sleep(0.05)
        sys.exit(f"the pool does not settle: {self.states()}")

    def prepare(self, idle):
        names = [self.name() for _ in range(idle)]
        for name in names:
            self.pool("add", name)
        self.pool("done", *names)
        self.settle(idle)

    def clear(self):
        """The pool goes as a user would make it go."""
        self.pool("done", "--all")
        self.settle(0)
        for line in self.world.run(["git", "worktree", "list", "--porcelain"], self.repository).splitlines():
            if line.startswith("worktree ") and line[9:] != self.repository:
                self.world.run(["git", "worktree", "remove", line[9:]], self.repository)
        self.pool("gc")

    # Measurements.

    def warm_add(self):
        self.prepare(4)
        ours, look, theirs = [], [], []
        for _ in range(self.rounds):
            names = [self.name() for _ in range(4)]
            for name in names:
                look.append(self.world.time(["git", "rev-parse", "HEAD"], self.repository))
                ours.append(self.world.time(["git", "pool", "add", name], self.repository))
            self.pool("done", *names)
            self.settle(4)
        for number in range(max(3, self.rounds // 4)):
            path = os.path.join(self.world.top, "plain")
            theirs.append(
                self.world.time(["git", "worktree", "add", "-b", f"plain-{number}", path], self.repository))
            self.world.run(["git", "worktree", "remove", path], self.repository)
        ratio = median(ours) / median(look)
        faster = median(theirs) / median(ours)
        self.table.add(
            f"warm add, {self.label}", milliseconds(median(ours)), f"rev-parse {milliseconds(median(look))}",
            f"{ratio:.1f} ×", "≤ 6 ×", ratio <= 6)
        self.table.add(
            f"warm add, {self.label}", milliseconds(median(ours)), f"worktree add -b {milliseconds(median(theirs))}",
            f"{faster:.0f} × faster", "≥ 40 × at 5k", faster >= 40 if self.label.startswith("5k") else None)
        return median(ours)

    def cold_add(self, budget):
        """Each cold add has one more slot to make; the first one has nothing to clone.

        Nothing is removed in between: ext4 passes over inodes that were deleted in the last minutes, one by one, and
        whoever makes files then pays for it (measured: 60 % of the time of either way).
        """
        self.pool("add", "template")
        ours, theirs, status = [], [], []
        for number in range(max(3, self.rounds // 3)):
            name = self.name()
            ours.append(self.world.time(["git", "pool", "add", "--fresh", name], self.repository))
            tree = self.pool("path", name)
            status.append(self.world.time(["git", "status"], tree))
            path = os.path.join(self.world.top, f"{self.label.replace(' ', '-')}-cold-{number}")
            theirs.append(self.world.time(["git", "worktree", "add", "-b", f"cold-{number}", path], self.repository))
        ratio = median(ours) / median(theirs)
        self.table.add(
            f"cold add, {self.label}", milliseconds(median(ours)), f"worktree add {milliseconds(median(theirs))}",
            f"{ratio:.2f} ×", f"≤ {budget} ×", ratio <= budget)
        self.table.add(
            f"first status in it, {self.label}", milliseconds(median(status)), "", "", "", None)
        self.pool("done", "--all")
        self.settle(1)

    def snapshot_add(self):
        """The third add, which makes the template, is none of a snapshot."""
        for number in range(3):
            self.pool("add", f"before-{number}")
        ours = []
        for _ in range(max(5, self.rounds)):
            ours.append(self.world.time(["git", "pool", "add", "--fresh", self.name()], self.repository))
        self.table.add(
            f"add of a snapshot, {self.label}", milliseconds(median(ours)), "", "", "≤ 80 ms", median(ours) <= 80)

    def done(self):
        self.prepare(1)
        ours, status = [], []
        for _ in range(self.rounds):
            name = self.name()
            self.pool("add", name)
            tree = self.pool("path", name)
            self.world.run(["git", "status"], tree)
            status.append(self.world.time(["git", "status"], tree))
            ours.append(self.world.time(["git", "pool", "done", name], self.repository))
            self.settle(1)
        allowed = 1.3 * median(status) + 6
        self.table.add(
            f"done, {self.label}", milliseconds(median(ours)), f"status {milliseconds(median(status))}",
            f"{median(ours) / median(status):.1f} ×", f"≤ {milliseconds(allowed)}", median(ours) <= allowed)

    def removal(self):
        """`done` where the slot goes with its lease, beside what git needs to remove a worktree."""
        settings = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "pool.strategy", "GIT_CONFIG_VALUE_0": "ondemand"}
        ours, status, theirs = [], [], []
        for number in range(max(3, self.rounds // 4)):
            name = self.name()
            self.world.run(["git", "pool", "add", name], self.repository, settings)
            tree = self.pool("path", name)
            self.world.run(["git", "status"], tree)
            status.append(self.world.time(["git", "status"], tree))
            ours.append(self.world.time(["git", "pool", "done", name], self.repository, settings))
            path = os.path.join(self.world.top, f"gone-{number}")
            self.world.run(["git", "worktree", "add", "-q", "--detach", path], self.repository)
            theirs.append(self.world.time(["git", "worktree", "remove", path], self.repository))
        beyond = median(ours) - median(status)
        self.table.add(
            f"done with removal, {self.label}", milliseconds(median(ours)),
            f"worktree remove {milliseconds(median(theirs))}", f"status + {milliseconds(beyond)}", "status + 20 ms",
            beyond <= 20)

    def concurrent(self, count=30):
        self.prepare(count)
        names = [self.name() for _ in range(count)]
        start = time.perf_counter()
        running = [
            subprocess.Popen(
                ["git", "pool", "add", name], cwd=self.repository, env=self.world.environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for name in names
        ]
        failures = sum(process.wait() != 0 for process in running)
        ours = (time.perf_counter() - start) * 1000
        theirs = 0
        for number in range(count):
            path = os.path.join(self.world.top, f"many-{number}")
            theirs += self.world.time(["git", "worktree", "add", "-b", f"many-{number}", path], self.repository)
        for number in range(count):
            self.world.run(["git", "worktree", "remove", os.path.join(self.world.top, f"many-{number}")], self.repository)
        self.table.add(
            f"{count} warm adds at once, {self.label}", milliseconds(ours) + f", {failures} failed",
            f"{count} worktree add {milliseconds(theirs)}", f"{theirs / ours:.0f} × faster", "≥ 10 ×, 0 failed",
            theirs / ours >= 10 and failures == 0)
        self.pool("done", *names)
        self.settle(count)

    def completion(self):
        """What a TAB waits for where leases are named, asked through git."""
        words = ["git", "pool", "_complete", "--", "done", ""]
        (ours,) = alternate(self.rounds * 2, lambda: self.world.time(words, self.repository))
        self.table.add(
            f"completion, {len(self.states())} slots", milliseconds(median(ours)), "", "", "< 30 ms", median(ours) < 30)

    def listing(self, slots=100):
        self.world.run(["git", "config", "pool.max", "200"], self.repository)
        missing = slots - len(self.states())
        for _ in range(missing):
            self.pool("add", "--fresh", self.name())
        ours, look = alternate(
            self.rounds * 2, lambda: self.world.time(["git", "pool", "list"], self.repository),
            lambda: self.world.time(["git", "rev-parse", "HEAD"], self.repository))
        ratio = median(ours) / median(look)
        self.table.add(
            f"list, {slots} slots", milliseconds(median(ours)), f"rev-parse {milliseconds(median(look))}",
            f"{ratio:.1f} ×", "≤ 4 ×", ratio <= 4)
        overhead = []
        folder = os.path.join(self.repository, ".git/worktrees")
        for name in os.listdir(folder):
            sizes = [
                os.lstat(os.path.join(where, file)).st_blocks * 512
                for where, _, files in os.walk(os.path.join(folder, name)) for file in files if file != "index"
            ]
            overhead.append(sum(sizes) / 1024)
        self.table.add(
            "admin files of a slot beside its index", f"{median(overhead):.0f} KB", "", "", "≤ 100 KB",
            median(overhead) <= 100)

    def death(self, kills=40):
        times = []
        for _ in range(kills):
            holder = subprocess.Popen(["sleep", "600"])
            name = self.name()
            self.pool("add", "--pid", str(holder.pid), name)
            record = [f for f in os.listdir(self.slots) if f.endswith(".leased")]
            time.sleep(0.02)
            held = self.record_of(name, record)
            start = time.perf_counter()
            holder.kill()
            while os.path.exists(held) and time.perf_counter() - start < 10:
                time.sleep(0.0002)
            times.append((time.perf_counter() - start) * 1000)
            holder.wait()
            self.settle(1)
        self.table.add(
            "holder SIGKILLed → lease ended", f"p50 {milliseconds(median(times))}",
            f"p95 {milliseconds(quantile(times, 0.95))}", "", "p95 ≤ 100 ms", quantile(times, 0.95) <= 100)

    @property
    def slots(self):
        return os.path.join(self.repository, ".git/pool/slots")

    def record_of(self, name, records):
        for record in records:
            path = os.path.join(self.slots, record)
            with open(path) as file:
                if f"lease.name {name}\n" in file.read():
                    return path
        sys.exit(f"no record of {name}")

    def keeper(self, seconds=10):
        holder = subprocess.Popen(["sleep", "600"])
        self.pool("add", "--pid", str(holder.pid), self.name())
        time.sleep(1.5)
        pid = None
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
            except OSError:
                continue
            if b"keeper" in words and os.path.join(self.repository, ".git").encode() in words:
                pid = entry
        if pid is None:
            sys.exit("no keeper runs")

        def ticks():
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            return int(fields[11]) + int(fields[12])

        with open(f"/proc/{pid}/status") as file:
            memory = next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
        before = ticks()
        time.sleep(seconds)
        used = ticks() - before
        self.table.add(
            "keeper, idle", f"{memory / 1024:.1f} MB RSS", f"{used * 10} ms CPU in {seconds} s", "", "≤ 4 MB, no CPU",
            memory <= 4096 and used == 0)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        self.settle(1)

    def checkout_hook(self):
        self.world.run(["git", "branch", "-f", "other"], self.repository)
        branches = ["other", "main"]

        def switch():
            branches.reverse()
            return self.world.time(["git", "switch", "-q", branches[0]], self.repository)

        plain, hooked = [], []
        for _ in range(4):
            plain += [switch() for _ in range(self.rounds)]
            self.pool("hook", "install")
            hooked += [switch() for _ in range(self.rounds)]
            self.pool("hook", "uninstall")
        added = median(hooked) - median(plain)
        self.world.run(["git", "switch", "-q", "main"], self.repository)
        self.table.add(
            f"post-checkout hook, {self.label}", f"+{milliseconds(added)}", f"switch {milliseconds(median(plain))}", "",
            "≤ 3 ms", added <= 3)

    def shell_exit(self):
        """From `exit` typed in a shell that has a lease to the shell's end, with the hook and without."""
        shells = {
            "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(git pool init bash)"'),
            "zsh": (["zsh", "-f", "-i"], 'eval "$(git pool init zsh)"'),
            "fish": (["fish", "--no-config", "-i"], "git pool init fish | source"),
        }
        for shell, (words, hook) in shells.items():
            if not shutil.which(shell):
                continue
            plain, hooked = alternate(
                max(5, self.rounds // 2), lambda: self.exit_of(words, "true"), lambda: self.exit_of(words, hook))
            added = median(hooked) - median(plain)
            self.table.add(
                f"{shell} exit hook", f"+{milliseconds(max(0, added))}", f"exit {milliseconds(median(plain))}", "",
                "≤ 10 ms", added <= 10)

    def exit_of(self, words, first):
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.repository)
            os.execvpe(words[0], words, {**self.world.environment, "TERM": "dumb"})
        os.write(terminal, f"{first}\ngit pool add {self.name()} >/dev/null 2>&1; printf 'rea''dy\\n'\n".encode())
        seen = b""
        while b"ready" not in seen:
            seen += os.read(terminal, 4096)
        time.sleep(0.1)
        start = time.perf_counter()
        os.write(terminal, b"exit\n")
        with contextlib.suppress(OSError):
            while os.read(terminal, 4096):
                pass
        os.waitpid(pid, 0)
        taken = (time.perf_counter() - start) * 1000
        os.close(terminal)
        self.settle(1)
        return taken


def startup(world, table, rounds):
    ours, theirs = alternate(
        rounds * 6, lambda: world.time(["git-pool", "version"], world.top),
        lambda: world.time(["git", "--version"], world.top))
    ratio = median(ours) / median(theirs)
    table.add(
        "start-up", milliseconds(median(ours)), f"git --version {milliseconds(median(theirs))}", f"{ratio:.2f} ×",
        "≤ 1.2 ×", ratio <= 1.2)


def disks(binary, table, rounds):
    for kind, files in (("ext4", 5000), ("xfs", 5000), ("btrfs", 5000), ("btrfs", 50000)):
        folder = World(binary)
        try:
            with bench.loop_mount(kind, 6 << 30, folder.top) as place:
                if place is None:
                    print(f"{kind}: cannot be mounted here", file=sys.stderr)
                    continue
                world = World(binary, place)
                repository = bench.make_repository(world, os.path.join(world.top, "repo"), files)
                measured = Bench(world, repository, table, rounds, f"{files // 1000}k files on {kind}")
                if files == 50000:
                    measured.snapshot_add()
                else:
                    measured.cold_add(0.5 if kind == "ext4" else 0.35)
                stop_keepers(world)
        finally:
            folder.close()


def stop_keepers(world):
    """So that nothing stands on a disk that is to be unmounted."""
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                words = file.read()
        except OSError:
            continue
        if b"keeper" in words and world.top.encode() in words:
            os.kill(int(entry), signal.SIGTERM)
            while os.path.exists(f"/proc/{entry}"):
                time.sleep(0.02)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=".build/release/git-pool")
    parser.add_argument("--sizes", default="1000,5000,50000", help="files of the repositories that are made")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--clone", help="measure in a clone of this repository as well")
    parser.add_argument("--disks", action="store_true", help="also ext4, xfs and btrfs on loop files (needs root)")
    parser.add_argument("--only", help="comma-separated measurements, such as warm_add,done")
    options = parser.parse_args()
    if not os.access(options.binary, os.X_OK):
        sys.exit(f"no program at '{options.binary}': swift build -c release --product git-pool")
    chosen = options.only.split(",") if options.only else None

    def wanted(name):
        return chosen is None or name in chosen

    table = Table()
    world = World(options.binary)
    try:
        if wanted("startup"):
            startup(world, table, options.rounds)
        repositories = [
            (f"{int(size) // 1000}k files", int(size)) for size in options.sizes.split(",") if size
        ]
        warm = {}
        for label, size in repositories:
            path = bench.make_repository(world, os.path.join(world.top, f"repo-{size}"), size)
            # Nobody's configuration was written a moment ago: for 2.5 seconds git is asked for it each time (2 ms).
            time.sleep(3)
            measured = Bench(world, path, table, options.rounds, label)
            if wanted("cold_add"):
                measured.cold_add(0.5)
            if wanted("warm_add"):
                warm[label] = measured.warm_add()
            for name in ("done", "removal"):
                if wanted(name):
                    getattr(measured, name)()
            if size == 5000 and wanted("concurrent"):
                measured.concurrent()
            if size == 1000:
                for name in ("death", "keeper", "checkout_hook", "shell_exit", "listing", "completion"):
                    if wanted(name):
                        getattr(measured, name)()
            stop_keepers(world)
        if len(warm) > 1:
            spread = max(warm.values()) / min(warm.values())
            table.add("warm add, largest beside smallest", "", "", f"{spread:.2f} ×", "≤ 1.25 ×", spread <= 1.25)
        if options.clone:
            path = os.path.join(world.top, "clone")
            world.run(["git", "clone", "-q", os.path.realpath(options.clone), path])
            measured = Bench(world, path, table, options.rounds, os.path.basename(options.clone.rstrip("/")))
            for name in ("warm_add", "done", "removal"):
                if wanted(name):
                    getattr(measured, name)()
            if wanted("cold_add"):
                measured.cold_add(0.5)
        if options.disks:
            disks(options.binary, table, options.rounds)
    finally:
        stop_keepers(world)
        world.close()
    print(f"\n{bench.machine()}\n\n{table.text()}")


main()
