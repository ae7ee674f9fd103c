#!/usr/bin/env python3
"""Times any tools that make worktrees, each given as command templates, in one repository and in alternation.

    python3 Tests/Performance/compare.py [--files 5000] [--rounds 10] [<name> <make> <remove>]...

A template is a line for sh, run in the repository; {name} is a fresh name, {path} a path where nothing stands. `make`
may print the path of what it made as its last line: `remove` is then given that. git and git-pool are always there.
"""

import argparse
import os
import subprocess
import sys
import time

import bench

OWN = [
    ("git worktree", "git worktree add -q -b {name} {path} && echo {path}", "git worktree remove {path}"),
    ("git pool", "git pool add {name}", "git pool done {name}"),
]


class Tool:
    def __init__(self, world, repository, name, make, remove):
        self.world, self.repository, self.name = world, repository, name
        self.make, self.remove = make, remove
        self.made, self.removed, self.failures = [], [], 0

    def line(self, template, name, path):
        return template.replace("{name}", name).replace("{path}", path)

    def sh(self, line):
        start = time.perf_counter()
        result = subprocess.run(
            ["sh", "-c", line], cwd=self.repository, env=self.world.environment, capture_output=True, text=True,
            stdin=subprocess.DEVNULL)
        return (time.perf_counter() - start) * 1000, result

    def round(self, number):
        name = f"{self.name.replace(' ', '-')}-{number}"
        path = os.path.join(self.world.top, "trees", name)
        taken, result = self.sh(self.line(self.make, name, path))
        last = result.stdout.strip().splitlines()[-1:] or [path]
        tree = last[0] if os.path.isdir(last[0]) else path
        if result.returncode or not os.path.isdir(tree):
            self.failures += 1
            print(f"{self.name}: no worktree: {result.stderr.strip()}", file=sys.stderr)
            return
        self.made.append(taken)
        taken, result = self.sh(self.line(self.remove, name, tree))
        if result.returncode:
            self.failures += 1
            print(f"{self.name}: not removed: {result.stderr.strip()}", file=sys.stderr)
        else:
            self.removed.append(taken)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=".build/release/git-pool")
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--pause", type=float, default=0.5, help="seconds after each round, for work in the background")
    parser.add_argument("tools", nargs="*", metavar="<name> <make> <remove>")
    options = parser.parse_args()
    if len(options.tools) % 3:
        parser.error("each tool takes a name and two templates")
    given = [tuple(options.tools[i:i + 3]) for i in range(0, len(options.tools), 3)]
    world = bench.World(options.binary)
    try:
        repository = bench.make_repository(world, os.path.join(world.top, "repo"), options.files)
        os.makedirs(os.path.join(world.top, "trees"))
        tools = [Tool(world, repository, *tool) for tool in OWN + given]
        for number in range(options.rounds):
            for tool in tools:
                tool.round(number)
            time.sleep(options.pause)
        base = bench.median(tools[0].made)
        print(f"{bench.machine()}; {options.files} files, {options.rounds} rounds\n")
        print("| tool | make, median | slowest | beside git | remove, median | failed |\n|---|---|---|---|---|---|")
        for tool in tools:
            if not tool.made:
                print(f"| {tool.name} | - | - | - | - | {tool.failures} |")
                continue
            made, gone = bench.median(tool.made), bench.median(tool.removed) if tool.removed else 0
            print(
                f"| {tool.name} | {bench.milliseconds(made)} | {bench.milliseconds(max(tool.made))} "
                f"| {base / made:.1f} × faster | {bench.milliseconds(gone)} | {tool.failures} |")
    finally:
        subprocess.run(["pkill", "-TERM", "-f", f"keeper {world.top}"], check=False)
        time.sleep(0.2)
        world.close()


main()
