"""What each frame of a shot took: time and memory, and which frames took most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from flask import Blueprint, Response, render_template

from brender_farm.domain.states import UNFINISHED_SHOT_STATES
from brender_farm.errors import NotFound
from brender_farm.service import shots
from brender_farm.service.frame_figures import Figure, FigurePoint, FigureStep, frame_figures
from brender_farm.service.frame_figures import most_costly as costly
from dashboard.plots import Series, plot

pages = Blueprint("plots", __name__, url_prefix="/shots/<int:shot_id>/plots")

NODE_TONES = ("rendering", "done", "paused", "meter", "queued", "accent")
"""A series for each node while there are no more; else one for all."""


@pages.get("")
def page(shot_id: int) -> str:
    detail = shots.get_shot(shot_id)
    return render_template(
        "plots/page.html",
        detail=detail,
        shot=detail.row,
        slowest=costly(shot_id, "seconds"),
        heaviest=costly(shot_id, "memory"),
        every=10 if detail.row.state in UNFINISHED_SHOT_STATES else 0,
    )


@pages.get("/<figure>.json")
def figures(shot_id: int, figure: str) -> Response:
    """Give seconds or memory over frames, as a plot."""
    if figure not in get_args(Figure):
        raise NotFound("There is no such plot.")
    kind: Figure = "seconds" if figure == "seconds" else "memory"
    found = frame_figures(shot_id, kind)
    places = found.points or found.steps
    series = _of_steps(found.steps) if found.steps else _of_points(found.points)
    return plot(
        [place.frame for place in places],
        series,
        unit="seconds" if kind == "seconds" else "bytes",
        over="frame",
        empty="No frame has been rendered yet.",
    )


def _of_points(points: Sequence[FigurePoint]) -> list[Series]:
    nodes = sorted({point.node for point in points if point.node and point.value is not None})
    if 1 < len(nodes) <= len(NODE_TONES):
        series = [
            _of_node(points, node, tone) for node, tone in zip(nodes, NODE_TONES, strict=False)
        ]
    else:
        series = [Series(label="Each frame", values=[p.value for p in points], dots=True)]
    return [*series, *_failed([point.failed_tries for point in points], [p.value for p in points])]


def _of_node(points: Sequence[FigurePoint], node: str, tone: str) -> Series:
    values = [point.value if point.node == node else None for point in points]
    return Series(label=node, values=values, tone=tone, dots=True)


def _of_steps(steps: Sequence[FigureStep]) -> list[Series]:
    most = [step.most for step in steps]
    return [
        Series(label="Most", values=most, tone="queued"),
        Series(label="Median", values=[step.median for step in steps]),
        *_failed([step.failed_tries for step in steps], most),
    ]


def _failed(tries: Sequence[int], values: Sequence[float | None]) -> list[Series]:
    """Mark where tries failed, at the height of what the frame took in the end."""
    if not any(tries):
        return []
    marks = [(value or 0.0) if count else None for count, value in zip(tries, values, strict=True)]
    return [Series(label="Failed tries", values=marks, tone="failed", dots=True)]
