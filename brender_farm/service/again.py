"""Rendering frames once more, and giving banned nodes another chance."""

from __future__ import annotations

from datetime import UTC, datetime

from brender_farm.db.core import writing
from brender_farm.db.reads.shots import require_shot
from brender_farm.db.writes.shots import note, touch
from brender_farm.domain.frames import FrameList, Spans, frame_list
from brender_farm.errors import Fault, FrameSyntaxError, RequestRefused
from brender_farm.service.messages import announce
from brender_farm.service.shapes.shots import ShotRow
from brender_farm.service.shot_actions import rerender, start_anew
from brender_farm.service.views import shot_row


def rerender_frames(
    shot_id: int, frames: str | None = None, *, actor: str, reason: str = ""
) -> tuple[ShotRow, int]:
    """Render finished or failed frames again (notation; None: all), return how many.

    Each old file stays until the new one is proven. Frames that are pending or rendering are left
    alone. Raises NotFound, RequestRefused for frames that are not of the shot, ActionRefused.
    """
    now = datetime.now(UTC)
    with writing() as session:
        shot = require_shot(session, shot_id)
        positions = _positions(frame_list(shot.frames), frames)
        count = rerender(session, shot, positions, actor=actor, reason=reason, now=now)
        row = shot_row(shot)
    announce()
    return row, count


def clear_bans(shot_id: int, *, actor: str) -> ShotRow:
    """Give the nodes that were banned from a shot another chance. Raises NotFound."""
    now = datetime.now(UTC)
    with writing() as session:
        shot = require_shot(session, shot_id)
        if shot.bans:
            why = f"{len(shot.bans)} banned nodes get another chance."
            note(session, shot, now=now, actor=actor, reason=why)
            start_anew(shot)
            touch(session, shot)
        row = shot_row(shot)
    announce()
    return row


def _positions(order: FrameList, text: str | None) -> Spans:
    if text is None or not text.strip():
        return Spans.all(len(order))
    try:
        wanted = FrameList.parse(text)
    except FrameSyntaxError as error:
        raise RequestRefused(Fault(field="frames", message=str(error), remedy="")) from error
    positions = [order.position(number) for number in wanted]
    found = Spans.of(position for position in positions if position is not None)
    if len(found) < len(wanted):
        strangers = [n for n, position in zip(wanted, positions, strict=True) if position is None]
        raise RequestRefused(
            Fault(
                field="frames",
                message=f"Not of this shot: {FrameList.of(strangers)}.",
                remedy=f"Choose among {order}.",
            )
        )
    return found
