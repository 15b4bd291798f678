"""One node: what it renders, how it is and was, what it did and what failed on it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from brender_farm.errors import NotFound
from brender_farm.service.node_history import SPANS, NodeHistory, node_history
from brender_farm.service.node_page import node_called, node_detail, node_page_tag
from dashboard import live
from dashboard.node_plots import PLOTS, shown_plots
from dashboard.plots import Series, plot

pages = Blueprint("node", __name__, url_prefix="/nodes/<name>")

BACK_TO_NODE = {"at": "node"}


@pages.get("")
def page(name: str) -> str:
    shown = _shown(name)
    span = _span()
    history = node_history(shown["node"].id, span)
    return render_template(
        "node/page.html",
        span=span,
        spans=tuple(SPANS),
        plots_shown=shown_plots(history),
        every=max(history.step_s, 30),
        **shown,
    )


@pages.get("/live")
def fragment(name: str) -> Response:
    return live.fragment(
        node_page_tag(), lambda: render_template("node/_live.html", **_shown(name))
    )


@pages.get("/plots/<key>.json")
def figures(name: str, key: str) -> Response:
    """Give one plot's figures over the last hour, day or week."""
    drawn = PLOTS.get(key)
    if drawn is None:
        raise NotFound(f"There is no plot {key!r} of a node.")
    history: NodeHistory = node_history(node_called(name).id, _span())
    steps = history.whole
    return plot(
        [step.at.timestamp() for step in steps],
        [
            Series(label=label, values=[getattr(step, field) for step in steps], tone=tone)
            for label, field, tone in drawn.lines
        ],
        unit=drawn.unit,
        over="time",
        top=drawn.top(history),
        empty="Nothing was told in this time.",
    )


def _span() -> str:
    span = request.args.get("span", "")
    return span if span in SPANS else "hour"


def _shown(name: str) -> dict[str, Any]:
    found = node_detail(name)
    return {"found": found, "node": found.row, "back_args": BACK_TO_NODE}
