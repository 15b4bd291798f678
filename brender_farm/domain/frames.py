"""Frame numbers in rendering order, and which of them are still to do.

A `FrameList` is what the artist asked for: order kept, duplicates dropped. It is stored as
arithmetic runs, so 1–1,000,000 costs as much as 1–10. `Spans` is a set of *positions* in such a
list; a shot's pending frames are Spans, so a frame that comes back takes its old place in line.

The notation is the field's: `1-10`, `1-10x2` (every second), `1-100:10` (every tenth first, then
the gaps between, ever finer), `1-10y3` (all but every third), `10-1`, `1-5,9`. fileseq reads it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, pairwise

from brender_farm.errors import FrameSyntaxError

MAX_FRAMES = 1_000_000
MAX_FRAME_NUMBER = 1_048_574
"""Blender's MAXFRAME (DNA_scene_types.h)."""
MAX_TEXT = 10_000
"""Signs of a frame range, as it is asked for and as a node gets it."""
MAX_STORED = 100_000
"""Signs of a shot's frames in rendering order."""
_PLAIN = re.compile(r"(\d+)(?:-(\d+)(?:x(\d+))?)?\Z")
_HOW = "Write frames like 1-48, 1-100x2, 1-100:10 or 1-5,9."


@dataclass(frozen=True, slots=True)
class FrameList:
    """Distinct frame numbers in rendering order, as arithmetic runs."""

    runs: tuple[range, ...]
    _ends: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ends", tuple(accumulate(map(len, self.runs))))

    @classmethod
    def parse(cls, text: str) -> FrameList:
        """Read frame notation.

        Raises FrameSyntaxError for what cannot be read, for no frame at all, for frames below 0
        (Blender renders none) or above 1,048,574, for more than 1,000,000 frames, and for an
        order so irregular that its notation would have more than 100,000 signs.
        """
        text = re.sub(r"\s+", "", text)
        if not text or len(text) > MAX_TEXT:
            raise FrameSyntaxError(f"There is no frame range of 1 to {MAX_TEXT} signs. {_HOW}")
        parts = [_plain(part) for part in text.split(",")]
        runs = [part for part in parts if part is not None]
        if len(runs) == len(parts) and (len(runs) == 1 or _disjoint(runs)):
            return cls._checked(runs)
        return cls._checked(_runs_of(_by_fileseq(text)))

    @classmethod
    def stored(cls, text: str) -> FrameList:
        """Read what `str` wrote: its runs are plain, and no frame is in two of them."""
        runs = [_plain(part) for part in text.split(",")]
        return cls(tuple(run for run in runs if run is not None))

    @classmethod
    def of(cls, frames: Iterable[int]) -> FrameList:
        """Build from numbers, order kept, duplicates dropped."""
        return cls(tuple(_runs_of(dict.fromkeys(frames))))

    @classmethod
    def _checked(cls, runs: list[range]) -> FrameList:
        if not runs:
            raise FrameSyntaxError(f"The range leaves no frame at all. {_HOW}")
        low = min(min(run[0], run[-1]) for run in runs)
        high = max(max(run[0], run[-1]) for run in runs)
        if low < 0 or high > MAX_FRAME_NUMBER:
            raise FrameSyntaxError(
                f"Frame {low if low < 0 else high} is outside 0–{MAX_FRAME_NUMBER}, "
                "which is all that Blender can render. Shift the range."
            )
        if sum(map(len, runs)) > MAX_FRAMES:
            raise FrameSyntaxError(
                f"The range has more than {MAX_FRAMES:,} frames. Split it into several shots."
            )
        checked = cls(tuple(runs))
        if len(runs) > MAX_STORED // 2 or len(str(checked)) > MAX_STORED:
            raise FrameSyntaxError(
                f"The order of these {len(checked):,} frames is too irregular to be kept. "
                "Split the range into several shots."
            )
        return checked

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[int]:
        for run in self.runs:
            yield from run

    def __getitem__(self, position: int) -> int:
        if not 0 <= position < len(self):
            raise IndexError(position)
        run = bisect_right(self._ends, position)
        return self.runs[run][position - (self._ends[run - 1] if run else 0)]

    def position(self, frame: int) -> int | None:
        """Return where `frame` stands in the order, or None if it is not of these."""
        start = 0
        for run in self.runs:
            if frame in run:
                return start + run.index(frame)
            start += len(run)
        return None

    def with_first(self, frames: Iterable[int]) -> FrameList:
        """Return the same frames with some of them, in this order, before the others.

        What is not of these is left out. Raises FrameSyntaxError for an order so irregular that
        its notation would be too long.
        """
        positions = (self.position(frame) for frame in dict.fromkeys(frames))
        first = [position for position in positions if position is not None]
        rest = Spans.all(len(self)) - Spans.of(first)
        ordered = [*_runs_of(self[at] for at in first), *self.at(rest).runs]
        return self._checked(_joined(ordered))

    def at(self, spans: Spans) -> FrameList:
        """Return the frames at these positions, in order."""
        picked: list[range] = []
        for start, stop in spans.pairs:
            run = bisect_right(self._ends, start)
            while start < stop:
                offset = self._ends[run - 1] if run else 0
                end = min(stop, self._ends[run])
                picked.append(self.runs[run][start - offset : end - offset])
                start, run = end, run + 1
        return FrameList(tuple(_joined(picked)))

    def __str__(self) -> str:
        return ",".join(_written(run) for run in self.runs)


@dataclass(frozen=True, slots=True)
class Spans:
    """A set of positions as sorted, disjoint, half-open spans."""

    pairs: tuple[tuple[int, int], ...] = ()

    @classmethod
    def all(cls, count: int) -> Spans:
        return cls(((0, count),)) if count else cls()

    @classmethod
    def of(cls, positions: Iterable[int]) -> Spans:
        return cls(_merged((position, position + 1) for position in positions))

    @classmethod
    def decode(cls, text: str) -> Spans:
        """Read what `encode` wrote."""
        pairs = (part.split("-") for part in text.split(",") if part)
        return cls(tuple((int(start), int(stop)) for start, stop in pairs))

    def encode(self) -> str:
        return ",".join(f"{start}-{stop}" for start, stop in self.pairs)

    def __len__(self) -> int:
        return sum(stop - start for start, stop in self.pairs)

    def __bool__(self) -> bool:
        return bool(self.pairs)

    def __iter__(self) -> Iterator[int]:
        for start, stop in self.pairs:
            yield from range(start, stop)

    def __contains__(self, position: int | None) -> bool:
        if position is None:
            return False
        index = bisect_right(self.pairs, (position, MAX_FRAMES + 1)) - 1
        return index >= 0 and position < self.pairs[index][1]

    def take(self, count: int) -> tuple[Spans, Spans]:
        """Split into the first `count` positions and the rest."""
        taken: list[tuple[int, int]] = []
        for index, (start, stop) in enumerate(self.pairs):
            if count >= stop - start:
                taken.append((start, stop))
                count -= stop - start
                continue
            rest = ((start + count, stop), *self.pairs[index + 1 :])
            return Spans((*taken, (start, start + count)) if count else tuple(taken)), Spans(rest)
        return Spans(tuple(taken)), Spans()

    def __or__(self, other: Spans) -> Spans:
        return Spans(_merged((*self.pairs, *other.pairs)))

    def __and__(self, other: Spans) -> Spans:
        return self - (self - other)

    def __sub__(self, other: Spans) -> Spans:
        left: list[tuple[int, int]] = []
        holes = iter(other.pairs)
        hole = next(holes, None)
        for pair in self.pairs:
            start, stop = pair
            while hole and hole[1] <= start:
                hole = next(holes, None)
            while hole and hole[0] < stop:
                if start < hole[0]:
                    left.append((start, hole[0]))
                start = max(start, hole[1])
                if hole[1] > stop:
                    break
                hole = next(holes, None)
            if start < stop:
                left.append((start, stop))
        return Spans(tuple(left))


@lru_cache(maxsize=256)
def frame_list(text: str) -> FrameList:
    """Read the frames of a stored shot or chunk once, not for every report."""
    return FrameList.stored(text)


def _plain(text: str) -> range | None:
    """Read `a`, `a-b` or `a-bxn` without listing the frames; None for anything else."""
    match = _PLAIN.match(text)
    if not match or len(text) > 30:
        return None
    first = int(match[1])
    last = int(match[2]) if match[2] else first
    step = int(match[3]) if match[3] else 1
    if step < 1:
        return None
    return range(first, last + 1, step) if first <= last else range(first, last - 1, -step)


def _disjoint(runs: list[range]) -> bool:
    bounds = sorted((min(run[0], run[-1]), max(run[0], run[-1])) for run in runs)
    return all(before[1] < after[0] for before, after in pairwise(bounds))


def _by_fileseq(text: str) -> list[int]:
    from fileseq.exceptions import MaxSizeException, ParseException
    from fileseq.frameset import FrameSet

    _refuse_oversized(text)
    try:
        return [int(frame) for frame in FrameSet(text)]
    except (ParseException, MaxSizeException, ValueError, TypeError) as error:
        raise FrameSyntaxError(f"{text[:60]!r} is not a frame range. {_HOW}") from error


def _refuse_oversized(text: str) -> None:
    """Stop a range of a thousand million frames before anything lists it."""
    for part in text.split(","):
        if not re.fullmatch(r"-?\d{1,9}(-(-?\d{1,9})([xy:]\d{1,9})?)?", part):
            raise FrameSyntaxError(f"{part[:60]!r} is not a frame range. {_HOW}")
        bounds = re.match(r"(-?\d+)-(-?\d+)", part)
        if bounds and abs(int(bounds[2]) - int(bounds[1])) > 2 * MAX_FRAME_NUMBER:
            raise FrameSyntaxError(
                f"{part!r} has more than {MAX_FRAMES:,} frames. Split it into several shots."
            )


def _runs_of(frames: Iterable[int]) -> list[range]:
    """Fold numbers into arithmetic runs, greedily, order kept."""
    runs: list[range] = []
    pending: list[int] = []
    for frame in frames:
        if len(pending) >= 2 and frame - pending[-1] != pending[1] - pending[0]:
            pending = _flush(runs, pending)
        pending.append(frame)
    if pending:
        runs.append(_range_of(pending))
    return runs


def _flush(runs: list[range], pending: list[int]) -> list[int]:
    if len(pending) == 2 and abs(pending[1] - pending[0]) != 1:
        runs.append(_range_of(pending[:1]))
        return pending[1:]
    runs.append(_range_of(pending))
    return []


def _range_of(frames: list[int]) -> range:
    step = frames[1] - frames[0] if len(frames) > 1 else 1
    return range(frames[0], frames[-1] + (1 if step > 0 else -1), step)


def _joined(runs: list[range]) -> list[range]:
    """Join neighbouring runs where one continues the other."""
    joined: list[range] = []
    for run in runs:
        last = joined[-1] if joined else None
        step = run.step if len(run) > 1 else (last.step if last is not None else 1)
        if last is not None and last[-1] + step == run[0] and (len(last) == 1 or last.step == step):
            joined[-1] = _range_of_bounds(last[0], run[-1], step)
        else:
            joined.append(run)
    return joined


def _range_of_bounds(first: int, last: int, step: int) -> range:
    return range(first, last + (1 if step > 0 else -1), step)


def _written(run: range) -> str:
    if len(run) == 1:
        return str(run[0])
    step = f"x{abs(run.step)}" if abs(run.step) != 1 else ""
    return f"{run[0]}-{run[-1]}{step}"


def _merged(pairs: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(pairs):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return tuple(merged)
