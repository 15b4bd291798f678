"""What a benchmark found: the values of one figure, its target, and how it is shown."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_HEADINGS = ("", "target", "median", "range", "", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing that was measured, once or in several rounds."""

    name: str
    unit: str
    values: Sequence[float]
    target: float | None = None
    """The most that the median may be; None: reported, not judged."""
    more_is_better: bool = False
    """Then the target is the least that the median may be."""
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        ranked = sorted(self.values)
        return ranked[min(len(ranked) - 1, round(0.95 * (len(ranked) - 1)))]

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        is_reached = (
            self.median >= self.target if self.more_is_better else self.median <= self.target
        )
        return "reached" if is_reached else "MISSED"


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as text, one line each."""
    rows = [_HEADINGS, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in {0, 4, 5} else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def write_json(path: Path, figures: Sequence[Figure]) -> None:
    """Store the figures with every value, and what machine they are from."""
    found = {
        "machine": {
            "cpu_count": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "figures": [
            {
                "name": figure.name,
                "unit": figure.unit,
                "target": figure.target,
                "median": figure.median,
                "p95": figure.p95,
                "verdict": figure.verdict,
                "values": list(figure.values),
                "note": figure.note,
            }
            for figure in figures
        ],
    }
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def _row(figure: Figure) -> tuple[str, ...]:
    few = len(set(figure.values)) == 1
    sign = "≥" if figure.more_is_better else "≤"
    return (
        figure.name,
        "" if figure.target is None else f"{sign} {_number(figure.target)} {figure.unit}",
        f"{_number(figure.median)} {figure.unit}",
        "" if few else f"{_number(min(figure.values))}–{_number(max(figure.values))}",
        figure.verdict,
        figure.note,
    )


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
