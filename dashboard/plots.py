"""The JSON that plots are drawn from: figures over time or over frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask import Response, jsonify

Unit = Literal["pct", "bytes", "bytes_per_s", "seconds", "celsius", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a plot; None in `values` is a gap."""

    label: str
    values: Sequence[float | None]
    tone: str = "rendering"
    """A colour of tokens.css: done, rendering, failed, paused, queued, meter, accent."""
    dots: bool = False
    """Single points instead of a line."""


def plot(
    x: Sequence[float],
    series: Sequence[Series],
    *,
    unit: Unit,
    over: Literal["time", "frame"],
    top: float | None = None,
    empty: str = "There are no figures yet.",
) -> Response:
    """Answer with a plot: `x` are seconds since 1970 or frame numbers, growing.

    `top` fixes the upper end of the scale; it begins at 0. `empty` is said when there is no `x`.
    """
    body: dict[str, Any] = {
        "x": list(x),
        "over": over,
        "unit": unit,
        "top": top,
        "empty": empty,
        "series": [
            {
                "label": each.label,
                "values": list(each.values),
                "tone": each.tone,
                "dots": each.dots,
            }
            for each in series
        ],
    }
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    return response
