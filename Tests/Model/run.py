#!/usr/bin/env python3
"""The model-based test of git-pool (H5): random sessions, users, kills and misfortunes against a reference model.

    run.py --binary .build/debug/git-pool --seed 1 --seconds 120
    run.py --binary … --operations 500 | --soak | --replay script

A violation prints its seed, is shrunk to a short script that replays, and ends the run with status 1.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
import traceback

import world
from deal import Dealer
from model import Violation
from script import Player
from shapes import SHAPES
from shrink import shrink
from stock import fault_points

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Sources")
LIFE = 120


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--operations", type=int)
    parser.add_argument("--soak", action="store_true", help="until it is interrupted")
    parser.add_argument("--replay", metavar="FILE")
    parser.add_argument("--shape", choices=list(SHAPES), help="of all repositories; by default one is drawn for each")
    parser.add_argument("--folder", help="where the worlds stand", default="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    parser.add_argument("--shrink-seconds", type=float, default=90)
    parser.add_argument("--keep-going", action="store_true", help="after a violation, with the next world")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


class Run:
    def __init__(self, options):
        self.options, self.has_disk = options, world.prepare()
        self.points = fault_points(SOURCES)
        self.figures, self.violations, self.begun = {}, 0, time.monotonic()
        if not self.has_disk:
            print("no disk can be mounted here: none is filled", file=sys.stderr)

    def player(self, tell=None):
        return Player(self.options.binary, self.options.folder, self.has_disk, tell)

    def is_over(self, player=None):
        options = self.options
        operations = self.figures.get("operations", 0) + (player.figures["operations"] if player else 0)
        return not options.soak and (
            options.seconds is not None and time.monotonic() - self.begun >= options.seconds
            or options.operations is not None and operations >= options.operations)

    def worlds(self):
        for seed in range(self.options.seed, 1 << 62):
            if self.is_over() or not self.live(seed) and not self.options.keep_going:
                return
            if self.options.soak and seed % 10 == 9:
                self.tell()

    def live(self, seed):
        """One world from its beginning to its end; whether every promise was kept."""
        player = self.player(print if self.options.verbose else None)
        violation = None
        try:
            dealer = Dealer(random.Random(seed), player.model, self.points, self.has_disk, self.options.shape)
            lines = dealer.opening()
            while len(player.lines) < LIFE and not self.is_over(player):
                line = lines.pop(0) if lines else dealer.line()
                player.play(line)
            line = "converge"
            player.play(line)
        except Violation as found:
            violation = found
        finally:
            self.add(player)
            player.close()
        if violation:
            self.report(seed, violation, [*player.lines, line])
        return not violation

    def add(self, player):
        model = player.model
        for key, value in {**player.figures, "looks": model.looks, "files": len(model.tokens),
                           "commits": len(model.commits_seen), "worlds": 1}.items():
            self.figures[key] = self.figures.get(key, 0) + value

    def report(self, seed, violation, lines):
        self.violations += 1
        print(f"seed {seed}: {violation}", file=sys.stderr)
        short = shrink(lines, lambda fewer: self.breaks(fewer, violation.kind), self.options.shrink_seconds)
        handle, path = tempfile.mkstemp(prefix=f"git-pool-model-{seed}-", suffix=".script")
        with os.fdopen(handle, "w") as file:
            file.write(f"# seed {seed}: {str(violation)[:300]!r}\n" + "".join(line + "\n" for line in short))
        print(f"{len(short)} of {len(lines)} lines, replay with --replay {path}:", file=sys.stderr)
        print("".join("    " + line + "\n" for line in short), file=sys.stderr, flush=True)

    def breaks(self, lines, kind):
        """The lines that were played up to a violation of that kind; None if there is none."""
        player = self.player()
        try:
            for line in lines:
                player.play(line)
        except Violation as found:
            return [*player.lines, line] if found.kind == kind else None
        except Exception:
            return None
        finally:
            player.close()
        return None

    def replay(self, path):
        player = self.player(print)
        try:
            with open(path) as file:
                for line in file:
                    if line.strip() and not line.startswith("#"):
                        player.play(line.strip())
        except Violation as found:
            self.violations += 1
            print(found, file=sys.stderr)
        finally:
            self.add(player)
            if os.environ.get("GIT_POOL_KEEP_SCRATCH") != "1":
                player.close()
            else:
                print("kept", player.world.top)

    def tell(self):
        told = self.figures
        print("model: {operations} operations in {worlds} worlds, {user} of them by users; {killed} kills and {frozen} "
              "stops at fault points, {full} full disks, {deaths} holders killed, {reboots} reboots, {bursts} bursts, {shaped} worlds of another shape, {kept} with keepers; "
              "{looks} looks at {files} distinct pieces of unsaved work and {commits} commits; {violations} promises broken"
              .format(violations=self.violations, **told), "in %.0f s" % (time.monotonic() - self.begun), flush=True)


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    run = Run(options)
    try:
        run.replay(options.replay) if options.replay else run.worlds()
    except KeyboardInterrupt:
        pass
    except Exception:
        traceback.print_exc()
        return 2
    run.tell()
    return 1 if run.violations else 0


if __name__ == "__main__":
    sys.exit(main())
