"""The machines that render."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
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
from brender_farm.domain.standing import Standing
from brender_farm.domain.states import NODE_ACTIONS
from brender_farm.errors import ActionRefused, Fault, RequestRefused
from brender_farm.service import nodes
from brender_farm.service.node_bulk import act_on_nodes
from brender_farm.service.node_list import page_of_nodes
from brender_farm.service.shapes.nodes import NodeRow
from brender_farm.service.why import why_idle
from dashboard import live
from dashboard.formatting import plural
from dashboard.looks import NODE_ACTION_LOOKS, NODE_LOOKS
from dashboard.node_paging import (
    COLUMNS,
    MOST_CARDS,
    NO_POOL,
    SORTABLE,
    VIEWS,
    node_args_of,
    node_page_of,
)
from dashboard.paging import Slice, whole
from dashboard.who import current_actor

pages = Blueprint("nodes", __name__, url_prefix="/nodes")

_MOST_AT_ONCE = 2000
_IDLE_ASKED = 5
"""A table says why nodes idle only where it is the same for all: so many are asked."""


@pages.get("")
def index() -> str:
    return render_template("nodes/index.html", **_shown())


@pages.get("/live")
def fragment() -> Response:
    return live.fragment(nodes.nodes_tag(), lambda: render_template("nodes/_live.html", **_shown()))


@pages.post("/bulk")
def bulk() -> AnyResponse:
    """Do one thing to every node that is ticked."""
    ids = [whole(text, 0) for text in request.form.getlist("node")[:_MOST_AT_ONCE]]
    action = request.form.get("action", "")
    if action not in NODE_ACTIONS:
        abort(400, description="No action was chosen.")
    if not ids:
        flash("No node is selected. Tick the nodes first.", "warning")
        return _back()
    reason = request.form.get("reason", "").strip()
    result = act_on_nodes(ids, action, actor=current_actor(), reason=reason)
    word = NODE_ACTION_LOOKS[action].word
    if result.done:
        flash(f"{word}: {plural(len(result.done), 'node')}.")
    if result.refused:
        flash(f"{word}, not possible: {result.words}", "warning")
    return _back()


@pages.get("/<int:node_id>/actions/<action>")
def confirm(node_id: int, action: str) -> str:
    """Ask for the reason, naming what the node renders now."""
    node = nodes.get_node(node_id)
    if action not in node.actions:
        raise ActionRefused(
            f"{node.name} is {node.intent}: “{action}” is not possible now.", allowed=node.actions
        )
    return render_template("nodes/confirm.html", node=node, action=action, **_where())


@pages.post("/<int:node_id>/actions/<action>")
def act(node_id: int, action: str) -> AnyResponse:
    reason = request.form.get("reason", "").strip()
    kill = request.form.get("work") == "kill"
    node = nodes.act_on_node(node_id, action, actor=current_actor(), reason=reason, kill=kill)
    word = NODE_ACTION_LOOKS[action].word if action in NODE_ACTION_LOOKS else action
    flash(f"{word}: {node.name} is now {node.intent}.")
    return _back(node)


@pages.get("/<int:node_id>/hours")
def hours(node_id: int) -> str:
    node = nodes.get_node(node_id)
    return _hours_form(node, node.hours)


@pages.post("/<int:node_id>/hours")
def set_hours(node_id: int) -> AnyResponse | tuple[str, int]:
    text = request.form.get("hours", "").strip()
    try:
        node = nodes.set_hours(node_id, text, actor=current_actor())
    except RequestRefused as error:
        return _hours_form(nodes.get_node(node_id), text, error.faults[0]), 422
    flash(f"{node.name} takes new work: {node.hours or ALWAYS}.")
    return _back(node)


@pages.get("/<int:node_id>/tags")
def tags(node_id: int) -> str:
    node = nodes.get_node(node_id)
    return render_template("nodes/tags.html", node=node, text=", ".join(node.tags), **_where())


@pages.post("/<int:node_id>/tags")
def set_tags(node_id: int) -> AnyResponse | tuple[str, int]:
    text = request.form.get("tags", "").strip()
    own = "own" in request.form
    try:
        node = nodes.set_tags(node_id, None if own else text, actor=current_actor())
    except RequestRefused as error:
        node = nodes.get_node(node_id)
        page = render_template(
            "nodes/tags.html", node=node, text=text, fault=error.faults[0], **_where()
        )
        return page, 422
    flash(f"{node.name} has the tags: {', '.join(node.tags) or 'none'}.")
    return _back(node)


@pages.post("/<int:node_id>/restart")
def restart(node_id: int) -> AnyResponse:
    node = nodes.restart_blenders(node_id, actor=current_actor())
    when = "" if node.online else " It is offline: they do so when it is back."
    flash(f"The Blenders of {node.name} start anew, each after the frame it is at.{when}")
    return _back(node)


@pages.get("/<int:node_id>/forget")
def confirm_forgetting(node_id: int) -> str:
    node = nodes.get_node(node_id)
    if not node.may_be_forgotten:
        raise ActionRefused(f"{node.name} is not gone: only a node that is offline is forgotten.")
    return render_template("nodes/forget.html", node=node)


@pages.post("/<int:node_id>/forget")
def forget(node_id: int) -> AnyResponse:
    name = nodes.get_node(node_id).name
    reason = request.form.get("reason", "").strip()
    nodes.forget(node_id, actor=current_actor(), reason=reason)
    flash(f"{name} is forgotten. Should it send a heartbeat again, it is back as a new node.")
    return redirect(url_for("nodes.index"))


def _hours_form(node: NodeRow, text: str, fault: Fault | None = None) -> str:
    farm_clock = f"{local_time(datetime.now(UTC)):%a %H:%M (%Z)}"
    return render_template(
        "nodes/hours.html", node=node, text=text, fault=fault, farm_clock=farm_clock, **_where()
    )


def _back(node: NodeRow | None = None) -> AnyResponse:
    """Return to the node's page or to the part of the list that somebody came from."""
    if node is not None and request.args.get("at") == "node":
        return redirect(url_for("node.page", name=node.name))
    return redirect(url_for("nodes.index", **_list_args()))


def _where() -> dict[str, Any]:
    """Return, for a page between, the arguments that lead back to where somebody came from."""
    at_node = request.args.get("at") == "node"
    return {"at_node": at_node, "back_args": {"at": "node"} if at_node else _list_args()}


def _list_args() -> dict[str, Any]:
    chosen = _chosen_view()
    return node_args_of(node_page_of(request.args, cards=chosen == "cards"), chosen)


def _chosen_view() -> str:
    view = request.args.get("view", "")
    return view if view in VIEWS else ""


def _everywhere(idle: Mapping[str, tuple[Reason, ...]]) -> tuple[Reason, ...]:
    """Return what leaves every idle node without work, to be told once; empty: it differs."""
    answers = set(idle.values())
    if len(answers) != 1 or len(idle) < 2:
        return ()
    [answer] = answers
    return answer if answer[0].kind in FARM_WIDE else ()


def _shown() -> dict[str, Any]:
    chosen = _chosen_view()
    view = chosen or ("cards" if nodes.count_nodes() <= MOST_CARDS else "table")
    found = page_of_nodes(node_page_of(request.args, cards=view == "cards"))
    page = found.page
    shown = [row.name for row in found.rows if view == "cards" or row.standing is Standing.IDLE]
    idle = why_idle(shown if view == "cards" else shown[:_IDLE_ASKED])
    return {
        "found": found,
        "page": page,
        "view": view,
        "chosen": chosen,
        "part": Slice(page.number, page.size, found.total),
        "columns": COLUMNS,
        "sortable": SORTABLE,
        "no_pool": NO_POOL,
        "node_looks": NODE_LOOKS,
        "node_args_of": node_args_of,
        "list_args": node_args_of(page, chosen),
        "is_filtered": bool(node_args_of(page, sort="", number=1).keys() - {"size"}),
        "idle": idle,
        "idle_everywhere": _everywhere(idle),
        "settings": current_app.extensions["brender_settings"],
    }
