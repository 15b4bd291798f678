"""The drill's findings as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.chaos.drill import Found

_ROW = "{:>6} {:>7} {:>7} {:>6} {:>8} {:>5} {:>7}  {}"
HEADINGS = _ROW.format("seed", "faults", "frames", "again", "by hand", "fell", "s", "verdict")


def row(found: Found) -> str:
    """Return one drill as a line."""
    verdict = f"{len(found.problems)} PROBLEMS" if found.problems else "nothing lost"
    return _ROW.format(
        found.seed,
        found.struck.total(),
        found.frames,
        found.waste.count,
        found.helped,
        len(found.fell),
        f"{found.wall_s:.0f}",
        verdict,
    )


def summary(drills: Sequence[Found]) -> str:
    """Return how often each fault struck, and how many frames were rendered again around it."""
    struck: Counter[str] = Counter()
    again: Counter[str] = Counter()
    for found in drills:
        struck.update(found.struck)
        again.update(found.waste.by_fault)
    needless = sum(len(found.waste.needless) for found in drills)
    lines = [f"{'fault':32} {'struck':>7} {'frames rendered again around it':>33}"]
    lines += [f"{name:32} {count:>7} {again[name]:>33}" for name, count in sorted(struck.items())]
    frames, problems = sum(d.frames for d in drills), sum(len(d.problems) for d in drills)
    lines.append(
        f"{struck.total()} faults, {frames} frames, {sum(d.waste.count for d in drills)} rendered "
        f"again ({needless} needlessly), {problems} problems."
    )
    return "\n".join(lines)
