"""Whose fault a failure is: the frame's, the node's, or the shot's. Inside `writing()`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from brender_farm import wire
from brender_farm.db.models import Frame, Node, Shot
from brender_farm.db.reads.frames import have_finished
from brender_farm.db.reads.nodes import rivals
from brender_farm.db.writes.frames import try_again
from brender_farm.db.writes.nodes import set_intent
from brender_farm.db.writes.shots import FARM, count_gave_up, note
from brender_farm.domain.failures import (
    MAX_STRIKES,
    after_failure,
    earns_ban,
    is_sick,
    nodes_to_avoid,
)
from brender_farm.domain.states import FrameState, NodeIntent

_REASON_SIGNS = 300


def blame_for_failure(
    session: Session,
    shot: Shot,
    node: Node,
    frame: Frame,
    position: int,
    failure: wire.FrameFailed,
    *,
    is_held: bool = False,
    now: datetime,
) -> None:
    """Decide what becomes of a frame that failed, and of the node that failed it.

    A frame that a rival in a race has as well (`is_held`) stays with that one, whose word decides.
    """
    others = rivals(session)
    smaller = [row.id for row in others if row.memory_bytes <= node.memory_bytes]
    larger = len(others) > len(smaller)
    avoid = nodes_to_avoid(
        frame.failed_on, node.id, smaller if failure.short_of_memory and larger else ()
    )
    if not (failure.short_of_memory and larger):
        frame.tries += 1
        _strike(session, shot, node, [row.id for row in others], failure.reason, now)
    if is_held:
        frame.failed_on = avoid
        return
    state = after_failure(
        frame.tries,
        permanent=failure.permanent,
        refused_by=len(avoid),
        others_left=any(row.id not in avoid for row in others),
    )
    if state is FrameState.FAILED:
        frame.state, frame.failed_on = state, avoid
        count_gave_up(shot)
    else:
        frame.state = FrameState.PENDING
        try_again(session, shot, frame, position, avoid)


def clear_blame(shot: Shot, node: Node) -> None:
    """A node that has finished a frame starts with a clean sheet."""
    if str(node.id) in shot.strikes:
        shot.strikes = {key: count for key, count in shot.strikes.items() if key != str(node.id)}
    if node.bans_in_row and node.intent is NodeIntent.ENABLED:  # a sick one stays it till enabled
        node.bans_in_row = 0


def _strike(
    session: Session, shot: Shot, node: Node, rivals: list[int], reason: str, now: datetime
) -> None:
    key = str(node.id)
    strikes = shot.strikes.get(key, 0) + 1
    shot.strikes = {**shot.strikes, key: strikes}
    # Nodes whose last frame of the shot failed prove nothing: it may fail everywhere by now.
    well = [one for one in rivals if str(one) not in shot.strikes and str(one) not in shot.bans]
    proven = strikes >= MAX_STRIKES and have_finished(session, shot.id, well)
    if key in shot.bans or not earns_ban(strikes, others_succeed=proven):
        return
    why = f"It failed {strikes} frames in a row that others can render: {reason[:_REASON_SIGNS]}"
    shot.bans = {**shot.bans, key: why}
    note(session, shot, now=now, actor=FARM, reason=f"{node.name} is banned. {why}")
    node.bans_in_row += 1
    if is_sick(node.bans_in_row) and node.intent is NodeIntent.ENABLED:
        _take_out(session, node, reason, now)


def _take_out(session: Session, node: Node, reason: str, now: datetime) -> None:
    why = (
        f"Sick: it fails in {node.bans_in_row} shots that others can render, last with: "
        f"{reason[:_REASON_SIGNS]} Mend it, then enable it."
    )
    set_intent(session, node, NodeIntent.DISABLED, now=now, actor=FARM, reason=why)
