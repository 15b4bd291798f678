"""Why a shot does not get (more) slots now, in a sentence an artist can act on."""

from __future__ import annotations

from collections.abc import Sequence

from brender_farm.domain.fit import fits, has_version, meets_needs
from brender_farm.domain.states import ShotState
from brender_farm.domain.versions import parse_version
from brender_farm.domain.views import NodeView, ShotView


def why_waiting(
    shot: ShotView, state: ShotState, nodes: Sequence[NodeView], *, known_nodes: int
) -> str:
    """Return the weightiest reason with what would unblock it; empty when nothing holds it back.

    `nodes` are those that may take work; `known_nodes` counts the offline and disabled ones too.
    """
    if state is ShotState.PAUSED:
        return "It is paused. Resume it to go on."
    if state not in (ShotState.QUEUED, ShotState.RENDERING) or shot.pending_count == 0:
        return ""
    return _why_no_slot(shot, nodes) if nodes else _no_node(known_nodes)


def _why_no_slot(shot: ShotView, nodes: Sequence[NodeView]) -> str:
    capable = [node for node in nodes if meets_needs(shot, node)]
    if not capable:
        return _needs_more(shot, nodes)
    able = [node for node in capable if has_version(shot, node)]
    if not able:
        return _no_version(shot, capable)
    fitting = [node for node in able if fits(shot, node)]
    if not fitting:
        return _kept_away(shot, able)
    return _all_busy(shot, fitting)


def _no_node(known_nodes: int) -> str:
    if known_nodes == 0:
        return "The farm has no node yet. Start one with: brender worker"
    return (
        f"None of the {known_nodes} nodes takes work: all are offline, disabled, draining or in "
        "trouble. See the Nodes page."
    )


def _needs_more(shot: ShotView, nodes: Sequence[NodeView]) -> str:
    """Say which of its needs no available node meets, or that none meets all of them."""
    needs = shot.needs
    largest = max(node.memory_bytes for node in nodes)
    if largest < needs.memory_bytes:
        return (
            f"It needs {_gb(needs.memory_bytes)} of memory: the largest available node has "
            f"{_gb(largest)}. Lower the need, or start a larger node."
        )
    missing = [tag for tag in sorted(needs.tags) if not any(tag in node.tags for node in nodes)]
    if missing:
        return (
            f"It needs a node with the tag {', '.join(missing)}: no available node has it. "
            "Give it to one with BRENDER_TAGS, or take it from the shot's needs."
        )
    wanted = [*sorted(needs.tags), *(f"not {tag}" for tag in sorted(needs.not_tags))]
    memory = f", {_gb(needs.memory_bytes)} of memory" if needs.memory_bytes else ""
    return f"No available node meets all it needs: {', '.join(wanted) or 'any tags'}{memory}."


def _gb(byte_count: int) -> str:
    return f"{byte_count / 1e9:.3g} GB"


def _no_version(shot: ShotView, nodes: Sequence[NodeView]) -> str:
    versions = {version for node in nodes for version in node.blender_versions}
    newest = max(versions, key=parse_version, default="none")
    return (
        f"The file was saved by Blender {shot.blend_version}; the newest on an available node is "
        f"{newest}. Install that version on a node."
    )


def _kept_away(shot: ShotView, able: Sequence[NodeView]) -> str:
    unwell = sum(shot.output_dir in node.unwell for node in able)
    banned = sum(node.name in shot.banned for node in able)
    parts = []
    if unwell:
        parts.append(
            f"{_nodes(unwell)} cannot write to {shot.output_dir} now: make room there or mend the "
            "storage, and it goes on by itself."
        )
    if banned:
        parts.append(
            f"{_nodes(banned)} failed it and get no more of it: see why on this page, mend it, "
            "then clear the bans."
        )
    return f"No other node can take it. {' '.join(parts)}"


def _nodes(count: int) -> str:
    return "1 node" if count == 1 else f"{count} nodes"


def _all_busy(shot: ShotView, fitting: Sequence[NodeView]) -> str:
    if shot.max_nodes is not None and len(shot.on_nodes) >= shot.max_nodes:
        return (
            f"It is on {_nodes(len(shot.on_nodes))}, as many as it may have. "
            "Raise its limit of nodes to give it more."
        )
    slots = sum(node.slots for node in fitting)
    if shot.busy_slots >= slots or any(node.free_slots > 0 for node in fitting):
        return ""
    if slots == 1:
        state = "The one slot that fits is busy with another shot."
    else:
        mine = shot.busy_slots or "none"
        state = f"All {slots} slots that fit are busy, {mine} of them with this shot."
    return f"{state} It goes on when one is free; a higher priority takes the next one."
