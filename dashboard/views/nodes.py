"""The machines that render."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.domain.hours import ALWAYS
from brender_farm.domain.local_time import local_time
from brender_farm.domain.reasons import FARM_WIDE, Reason
from brender_farm.errors import ActionRefused, Fault, NotFound, RequestRefused
from brender_farm.service import nodes
from brender_farm.service.shapes.nodes import NodeRow
from brender_farm.service.why import why_idle
from dashboard import live
from dashboard.looks import NODE_ACTION_LOOKS
from dashboard.who import current_actor

pages = Blueprint("nodes", __name__, url_prefix="/nodes")


@pages.get("")
def index() -> str:
    return render_template("nodes/index.html", **_shown())


@pages.get("/live")
def fragment() -> Response:
    return live.fragment(nodes.nodes_tag(), lambda: render_template("nodes/_live.html", **_shown()))


@pages.get("/<int:node_id>/actions/<action>")
def confirm(node_id: int, action: str) -> str:
    """Ask for the reason, naming what the node renders now."""
    node = _node(node_id)
    if action not in node.actions:
        raise ActionRefused(
            f"{node.name} is {node.intent}: “{action}” is not possible now.", allowed=node.actions
        )
    return render_template("nodes/confirm.html", node=node, action=action)


@pages.post("/<int:node_id>/actions/<action>")
def act(node_id: int, action: str) -> AnyResponse:
    reason = request.form.get("reason", "").strip()
    kill = request.form.get("work") == "kill"
    node = nodes.act_on_node(node_id, action, actor=current_actor(), reason=reason, kill=kill)
    word = NODE_ACTION_LOOKS[action].word if action in NODE_ACTION_LOOKS else action
    flash(f"{word}: {node.name} is now {node.intent}.")
    return redirect(url_for("nodes.index"))


@pages.get("/<int:node_id>/hours")
def hours(node_id: int) -> str:
    node = _node(node_id)
    return _hours_form(node, node.hours)


@pages.post("/<int:node_id>/hours")
def set_hours(node_id: int) -> AnyResponse | tuple[str, int]:
    text = request.form.get("hours", "").strip()
    try:
        node = nodes.set_hours(node_id, text, actor=current_actor())
    except RequestRefused as error:
        return _hours_form(_node(node_id), text, error.faults[0]), 422
    flash(f"{node.name} takes new work: {node.hours or ALWAYS}.")
    return redirect(url_for("nodes.index"))


def _hours_form(node: NodeRow, text: str, fault: Fault | None = None) -> str:
    farm_clock = f"{local_time(datetime.now(UTC)):%a %H:%M (%Z)}"
    return render_template(
        "nodes/hours.html", node=node, text=text, fault=fault, farm_clock=farm_clock
    )


def _node(node_id: int) -> NodeRow:
    for node in nodes.list_nodes().rows:
        if node.id == node_id:
            return node
    raise NotFound(f"There is no node {node_id} on this farm.")


def _everywhere(idle: Mapping[str, tuple[Reason, ...]]) -> tuple[Reason, ...]:
    """Return what leaves every idle node without work, to be told once; empty: it differs."""
    answers = set(idle.values())
    if len(answers) != 1 or len(idle) < 2:
        return ()
    [answer] = answers
    return answer if answer[0].kind in FARM_WIDE else ()


def _shown() -> dict[str, Any]:
    found = nodes.list_nodes()
    idle = why_idle()
    return {
        "found": found,
        "idle": idle,
        "idle_everywhere": _everywhere(idle),
        "online_count": sum(node.online for node in found.rows),
        "settings": current_app.extensions["brender_settings"],
    }
