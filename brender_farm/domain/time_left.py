"""How long something will still take: a figure with its spread, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass

_UNITS = ((1.0, 120.0, "s"), (60.0, 7_200.0, "min"), (3_600.0, 172_800.0, "h"))
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLeft:
    """An expected time in seconds, and between which times it should lie."""

    s: float
    low_s: float
    high_s: float

    @property
    def amount(self) -> str:
        """Write the time no finer than is worth knowing: `40 s`, `2.5 min`, `3 h`."""
        size, unit = _unit(self.s)
        return f"{_number(self.s, size)} {unit}"

    @property
    def spread(self) -> str:
        """Write between which times it should lie, in the same unit: `10–15`."""
        size, _ = _unit(self.s)
        low, high = _number(self.low_s, size), _number(self.high_s, size)
        return "" if low == high else f"{low}–{high}"

    def __str__(self) -> str:
        """Write it in full: `about 12 min (10–15)`."""
        return f"about {self.amount} ({self.spread})" if self.spread else f"about {self.amount}"


def queue_words(left: TimeLeft, untold_count: int) -> str:
    """Say when all shots are done, but for those of which it cannot be told."""
    untold = "1 shot" if untold_count == 1 else f"{untold_count} shots"
    return f"All but {untold} done in {left}." if untold_count else f"All of it done in {left}."


def _unit(seconds: float) -> tuple[float, str]:
    return next(((size, unit) for size, end, unit in _UNITS if seconds < end), (_DAY_S, "d"))


def _number(seconds: float, size: float) -> str:
    """Round to whole units from 10 on, to halves below, to fives of seconds from 20 on."""
    value = seconds / size
    if size == 1:
        return str(max(1, round(value / 5) * 5 if value >= 20 else round(value)))
    return f"{max(0.5, round(value * 2) / 2 if value < 10 else round(value)):g}"
