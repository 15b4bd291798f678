"""Run drills and print what they found: `python -m tests.chaos --help`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.drill import Drill, Found
from tests.chaos.farm import ChaosFarm
from tests.chaos.faults import Fault
from tests.chaos.real import REAL_FAULTS, REAL_ORDERS
from tests.chaos.schedule import FAULTS, named
from tests.chaos.tables import HEADINGS, row, summary
from tests.chaos.work import FAKE_ORDERS


def main() -> int:
    """Return 1 when a drill found a problem."""
    options = _options()
    print(HEADINGS, flush=True)
    drills = []
    for seed in range(options.seed, options.seed + options.seeds):
        drills.append(found := _one(seed, options))
        print("\n".join([row(found), *found.fell]), flush=True)
        if found.problems or options.verbose:
            print(found.report, flush=True)
    print(f"\n{summary(drills)}")
    return int(any(found.problems for found in drills))


def _one(seed: int, options: argparse.Namespace) -> Found:
    """Run one drill; its folder is kept when something is wrong."""
    folder = Path(tempfile.mkdtemp(prefix=f"brender-chaos-{seed}-", dir=options.folder))
    farm = ChaosFarm(folder / "farm", blender="bpy") if options.real else ChaosFarm(folder / "farm")
    orders = REAL_ORDERS if options.real else FAKE_ORDERS
    seconds = options.minutes * 60
    try:
        found = Drill(farm, seed, seconds=seconds, faults=_faults(options), orders=orders).run()
    finally:
        farm.stop()
    if found.problems:
        print(f"The farm of seed {seed} is in {folder}", flush=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def _faults(options: argparse.Namespace) -> Sequence[Fault]:
    faults: Sequence[Fault] = REAL_FAULTS if options.real else FAULTS
    if options.only:
        faults = named(*options.only)
    return [fault for fault in faults if fault.wastes_nothing or not options.restarts]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos",
        description="Strike a farm while it renders; audit it afterwards.",
        epilog="Faults: " + ", ".join(fault.name for fault in FAULTS),
    )
    parser.add_argument("--seed", type=int, default=1, help="the first seed (%(default)s)")
    parser.add_argument("--seeds", type=int, default=1, help="how many (%(default)s)")
    parser.add_argument("--minutes", type=float, default=1.0, help="of faults (%(default)s)")
    parser.add_argument(
        "--only", action="append", metavar="FAULT", help="strike with this one; may be repeated"
    )
    parser.add_argument(
        "--restarts", action="store_true", help="strike only with what wastes no finished frame"
    )
    parser.add_argument("--real", action="store_true", help="render with bpy, few frames")
    parser.add_argument("--folder", type=Path, help="where the farms' folders are made")
    parser.add_argument("--verbose", action="store_true", help="print the log of good drills too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
