"""The queue: what runs now, what gets the next slot and why, and what is not in line yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from brender_farm.db.core import reading
from brender_farm.db.models import Shot
from brender_farm.db.reads import queue as reads
from brender_farm.db.reads.ahead import unmet_waits
from brender_farm.db.reads.planning import node_views, shot_views
from brender_farm.db.reads.rules import limit_slots
from brender_farm.db.reads.shots import require_shot
from brender_farm.domain.queue_order import Standing, in_order, priority_between
from brender_farm.domain.room import Room
from brender_farm.errors import Fault, RequestRefused
from brender_farm.service.foresight import current_forecast
from brender_farm.service.shapes.queue import InLine, OutOfLine, Queue, RunningChunk
from brender_farm.service.shapes.shots import ShotRow
from brender_farm.service.shots import set_priority
from brender_farm.service.views import shot_row, with_time_left

RUNNING_SHOWN = 40
IN_LINE_SHOWN = 50
OUT_SHOWN = 20


def look_at_queue() -> Queue:
    """Return what runs, what comes next and why, and what does not stand in line."""
    with reading() as session:
        shots, nodes = shot_views(session), list(node_views(session).values())
        standings = in_order(shots, Room(nodes), limit_slots(session), most=IN_LINE_SHOWN)
        rows = reads.shots_by_id(session, [standing.shot.id for standing in standings])
        line = [_in_line(place, each, rows) for place, each in enumerate(standings, start=1)]
        running = [_running(row) for row in reads.running(session, RUNNING_SHOWN)]
        out, out_total = _out_of_line(session)
        total = reads.running_count(session) if len(running) == RUNNING_SHOWN else len(running)
    told = current_forecast()
    return Queue(
        running=tuple(running),
        running_total=total,
        line=tuple(
            InLine(
                place=each.place,
                shot=with_time_left(each.shot, told),
                slots=each.slots,
                why=each.why,
                hindrance=each.hindrance,
            )
            for each in line
        ),
        line_total=sum(shot.pending_count > 0 for shot in shots),
        out=tuple(out),
        out_total=out_total,
        free_slots=sum(max(0, node.free_slots) for node in nodes),
        slots=sum(node.slots for node in nodes),
    )


def move_in_line(
    shot_id: int, *, above: int | None = None, below: int | None = None, actor: str
) -> ShotRow:
    """Give a shot the priority that puts it between two others: after `above`, before `below`.

    Raises NotFound, and RequestRefused where neither is named.
    """
    if above is None and below is None:
        raise RequestRefused(
            Fault(
                field="below",
                message="It was not said where the shot is to go.",
                remedy="Name the shot that it is to come after (above), or before (below).",
            )
        )
    with reading() as session:
        require_shot(session, shot_id)
        high, low = (_priority(session, other) for other in (above, below))
    return set_priority(shot_id, priority_between(high, low), actor=actor)


def priority_of(shot_id: int) -> int:
    """Return a shot's priority. Raises NotFound."""
    with reading() as session:
        return require_shot(session, shot_id).priority


def _priority(session: Session, shot_id: int | None) -> int | None:
    return None if shot_id is None else require_shot(session, shot_id).priority


def _in_line(place: int, standing: Standing, rows: dict[int, Shot]) -> InLine:
    return InLine(
        place=place,
        shot=shot_row(rows[standing.shot.id]),
        slots=standing.shot.busy_slots,
        why=standing.why,
        hindrance=standing.hindrance,
    )


def _running(row: Any) -> RunningChunk:
    return RunningChunk(
        chunk_id=row.id,
        shot_id=row.shot_id,
        shot_name=row.shot,
        node=row.node,
        priority=row.priority,
        frames=row.frames,
        frame_count=row.frame_count,
        over_count=row.over_count,
        since=row.since,
        is_twin=row.twin_of is not None,
    )


def _out_of_line(session: Session) -> tuple[Sequence[OutOfLine], int]:
    found, total = reads.not_in_line(session, OUT_SHOWN)
    after = defaultdict[int, list[int]](list)
    for wait in unmet_waits(session) if found else ():
        if not wait.by_frame:
            after[wait.shot_id].append(wait.after_id)
    return [
        OutOfLine(shot=shot_row(shot), not_before=shot.not_before, after=tuple(after[shot.id]))
        for shot in found
    ], total
