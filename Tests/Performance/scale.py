#!/usr/bin/env python3
"""What grows with the pool, the refs and the files, and what many leases leave behind.

    swift build -c release --product git-pool
    python3 Tests/Performance/scale.py [--slots 1000] [--refs 80000] [--files 50000] [--cycles 1000] [--adds 100]

Counts are checked: files, refs and reflogs after the cycles, failures among concurrent adds, system calls where strace(1)
is installed. Times are only told, as ratios to the same command in a pool of four slots, and count on an idle machine.
Works in /dev/shm where there is one, so that no disk is measured.
"""

import argparse
import os
import re
import subprocess
import sys

from bench import World, make_repository, median

FAILURES = []


def check(what, holds, seen):
    print(f"{'ok  ' if holds else 'FAIL'} {what}: {seen}", flush=True)
    if not holds:
        FAILURES.append(what)


class Pool:
    def __init__(self, world, name, files):
        self.world = world
        self.repository = make_repository(world, os.path.join(world.top, name), files, size=200)
        self.git("config", "pool.max", "5000")
        self.git("config", "pool.idleTimeout", "never")

    def git(self, *words, **options):
        return self.world.run(["git", *words], self.repository, **options)

    def pool(self, *words):
        return self.git("pool", *words)

    def settle(self):
        self.pool("gc")
        self.pool("gc")

    def grow(self, slots):
        """So many slots, of which four are idle and the rest leased."""
        for number in range(slots):
            self.pool("add", "--no-holder", "-q", f"held-{number}")
        self.pool("done", "-q", *(f"held-{number}" for number in range(min(4, slots))))
        self.settle()

    def add_refs(self, count):
        tip = self.git("rev-parse", "HEAD")
        lines = "".join(f"create refs/remotes/origin/topic-{number} {tip}\n" for number in range(count))
        subprocess.run(["git", "update-ref", "--stdin"], input=lines, text=True, check=True, cwd=self.repository,
                       env=self.world.environment)
        self.git("pack-refs", "--all")

    # What is compared.

    def times(self, rounds):
        """Median milliseconds by command."""
        found = {}
        for number in range(rounds):
            for name, words in (
                ("list", ["list"]), ("completion of leases", ["_complete", "--", "path", ""]),
                ("completion of refs", ["_complete", "--", "add", "--from", "topic-77"]),
                ("add", ["add", "--no-holder", f"timed-{number}"]), ("done and all behind it", ["done", f"timed-{number}"]),
                ("gc", ["gc"]),
            ):
                found.setdefault(name, []).append(self.world.time(["git-pool", *words], self.repository))
        return {name: median(values) for name, values in found.items()}

    def calls(self, *words):
        """System calls and children of one command; None without strace."""
        note = os.path.join(self.world.top, "calls")
        try:
            self.world.run(["strace", "-f", "-qq", "-o", note, "git-pool", *words], self.repository)
        except FileNotFoundError:
            return None
        with open(note, errors="replace") as file:
            lines = file.readlines()
        return len(lines), sum(1 for line in lines if re.search(r"execve(\(| resumed>).*\) += 0$", line)) - 1

    def files(self):
        """Names below the common dir, objects left out, and below the pool's root, trees left out."""
        found = set()
        common = os.path.join(self.repository, ".git")
        for folder, folders, names in os.walk(common):
            if folder == common:
                folders.remove("objects")
            found.update(os.path.relpath(os.path.join(folder, name), common) for name in names + folders)
        # Written when the configuration has been left alone for a while, and then over and over.
        found.discard("pool/configuration")
        root = self.repository + ".pool"
        found.update("root/" + name for name in os.listdir(root))
        if os.path.isdir(root + "/trash"):
            found.update("trash/" + name for name in os.listdir(root + "/trash"))
        return found

    def sizes(self):
        """Bytes of what is appended to."""
        common = os.path.join(self.repository, ".git")
        total = 0
        for folder in ("logs", "pool", "worktrees"):
            for place, _, names in os.walk(os.path.join(common, folder)):
                total += sum(os.lstat(os.path.join(place, name)).st_size for name in names if name != "index")
        return total


def cycles(world, count):
    pool = Pool(world, "cycles", 20)
    pool.grow(2)
    # Whatever is made once is there before anything is counted.
    for number in range(3):
        pool.pool("add", "--no-holder", "-q", f"early-{number}")
        pool.pool("done", "-q", f"early-{number}")
        pool.settle()
    files, size, refs = pool.files(), pool.sizes(), pool.git("for-each-ref")
    for number in range(count):
        pool.pool("add", "--no-holder", "-q", f"cycle-{number}")
        pool.pool("done", "-q", f"cycle-{number}")
        if number % 50 == 0:
            pool.pool("gc")
    pool.settle()
    grown = sorted(pool.files() - files)
    check(f"{count} cycles leave no file", not grown, grown[:10] or "none")
    check(f"{count} cycles leave no ref", pool.git("for-each-ref") == refs, "the same refs")
    bytes_more = pool.sizes() - size
    # The counts' journal begins anew beyond a limit, and the keeper's log too: 64 KiB each, and the old log.
    check(f"{count} cycles leave logs within their limits", bytes_more < 3 * 65536 + 4096, f"{bytes_more} bytes more")


def concurrent(world, count):
    pool = Pool(world, "concurrent", 20)
    processes = [
        subprocess.Popen(["git-pool", "add", "--no-holder", "-q", f"at-once-{number}"], cwd=pool.repository,
                         env=world.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         text=True)
        for number in range(count)
    ]
    outcomes = [(process.communicate(), process.returncode) for process in processes]
    failed = [f"{status}: {texts[1].strip()}" for texts, status in outcomes if status]
    paths = {texts[0] for texts, status in outcomes if not status}
    check(f"{count} adds at once succeed, each with its own path", not failed and len(paths) == count, failed[:3] or "all")
    world.run(["git", "fsck", "--no-progress", "--connectivity-only"], pool.repository)


def scale(world, arguments):
    small = Pool(world, "small", 20)
    small.grow(4)
    base = small.times(arguments.rounds)
    # A look at a slot's record costs three: each of these takes one or two looks at all of them, and `done` at all
    # worktrees besides, by what must not be lost in another one inside it, or on its branch.
    allowed = {"list": 9, "add": 12, "done": 60, "gc": 7}
    traced = [("list",), ("add", "--no-holder", "traced"), ("done", "traced"), ("gc",)]
    base_calls = {words: small.calls(*words) for words in traced}
    for name, prepare, files in (
        (f"{arguments.slots} slots", lambda pool: pool.grow(arguments.slots), 20),
        (f"{arguments.refs} refs", lambda pool: (pool.add_refs(arguments.refs), pool.grow(4)), 20),
        (f"{arguments.files} files", lambda pool: pool.grow(4), arguments.files),
    ):
        pool = Pool(world, name.replace(" ", "-"), files)
        prepare(pool)
        for command, taken in pool.times(arguments.rounds).items():
            print(f"     {name}, {command}: {taken:.1f} ms, {taken / base[command]:.2f} x the small pool's", flush=True)
        for words, before in base_calls.items():
            now = pool.calls(*words)
            if now is None or before is None:
                continue
            print(f"     {name}, {words[0]}: {now[0]} system calls ({now[0] / before[0]:.2f} x), {now[1]} programs")
            check(f"{name}: {words[0]} starts no more programs", now[1] <= before[1], f"{now[1]}, not {before[1]}")
            each = (now[0] - before[0]) / arguments.slots
            if name.endswith(" slots"):
                check(f"{name}: {words[0]} makes no more calls a slot", each <= allowed[words[0]], f"{each:.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=".build/release/git-pool")
    for name, count in (("slots", 1000), ("refs", 80000), ("files", 50000), ("cycles", 1000), ("adds", 100), ("rounds", 9)):
        parser.add_argument("--" + name, type=int, default=count)
    arguments = parser.parse_args()
    world = World(arguments.binary, "/dev/shm" if os.path.isdir("/dev/shm") else None)
    world.environment["GIT_POOL_AUTO"] = "0"
    try:
        cycles(world, arguments.cycles)
        concurrent(world, arguments.adds)
        scale(world, arguments)
    finally:
        world.close()
    sys.exit(1 if FAILURES else 0)


if __name__ == "__main__":
    main()
