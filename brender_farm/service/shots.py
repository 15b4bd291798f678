"""Looking at shots and steering them: one function is one transaction, then messages.

What only some of this needs is imported there: `brender shots` waits for every import.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Shot
from brender_farm.db.reads import shots as reads
from brender_farm.db.reads.ahead import GOING_STATES
from brender_farm.db.reads.dependencies import comes_after
from brender_farm.db.reads.frames import last_failed_frame
from brender_farm.db.reads.nodes import node_names
from brender_farm.db.reads.shows import show_name
from brender_farm.domain.frames import Spans, frame_list
from brender_farm.domain.reasons import Reason
from brender_farm.domain.states import ACTIVE_SHOT_STATES, FrameState, ShotState
from brender_farm.errors import NotFound, RequestRefused
from brender_farm.service.audit_result import AuditResult
from brender_farm.service.foresight import current_forecast
from brender_farm.service.shapes.farm import EventRow
from brender_farm.service.shapes.frames import ChunkRow, FrameCell, FramePage
from brender_farm.service.shapes.shots import Ban, EarlierShot, Page, ShotDetail, ShotList, ShotRow
from brender_farm.service.views import (
    chunk_row,
    event_row,
    frame_cell,
    shot_row,
    with_time_left,
)


def list_shots(
    page: Page, *, after: tuple[Any, int] | None = None, with_next: bool = False
) -> ShotList:
    """Return one page of shots, filtered and sorted as `page` says.

    `after` is another list's `next_after`, which is told `with_next`: what comes behind it,
    whatever was added or removed meanwhile; the page's number does not count then.
    """
    with reading() as session:
        found = reads.page_of_shots(
            session,
            page.filter,
            sort=page.sort,
            offset=(max(page.number, 1) - 1) * page.size if after is None else 0,
            limit=page.size,
            after=after,
        )
        last = found[-1].id if with_next and len(found) == page.size else None
        value = reads.sort_value(session, page.sort, last) if last is not None else None
        shows = reads.show_names(session)
        rows = [shot_row(shot, shows.get(shot.show_id or 0, "")) for shot in found]
        counts = reads.counts_by_state(session, page.filter)
        archived = reads.archived_count(session)
        tag = str(reads.shots_rev(session))
    told = current_forecast()
    return ShotList(
        rows=tuple(with_time_left(row, told) for row in rows),
        total=sum(counts.get(state, 0) for state in page.states or counts),
        page=page,
        counts=counts,
        archived_count=archived,
        shows=shows,
        tag=tag,
        queue_left=told.queue,
        untold_count=told.untold_count,
        next_after=(value, last) if last is not None and value is not None else None,
    )


def submitters() -> tuple[str, ...]:
    """Return everybody who has submitted a shot that is still known, by name."""
    with reading() as session:
        return tuple(reads.submitters(session))


def shots_tag() -> str:
    """Return a tag that changes when anything in any shot does."""
    with reading() as session:
        return str(reads.shots_rev(session))


def get_shot(shot_id: int) -> ShotDetail:
    """Return a shot with all it was submitted with. Raises NotFound."""
    with reading() as session:
        detail = _detail(session, reads.require_shot(session, shot_id))
    if detail.row.state not in GOING_STATES:
        return detail
    return replace(detail, row=with_time_left(detail.row, current_forecast()))


def shot_tag(shot_id: int) -> str:
    """Return a tag that changes when anything of this shot does. Raises NotFound."""
    with reading() as session:
        rev = session.query(Shot.rev).filter(Shot.id == shot_id).scalar()
        if rev is None:
            raise NotFound(f"There is no shot {shot_id}.")
        return str(rev)


def shot_frames(
    shot_id: int,
    *,
    offset: int = 0,
    limit: int = 200,
    state: str = "",
    after: int | None = None,
) -> FramePage:
    """Return part of a shot's frames: in rendering order, or those in one state by number.

    `state` is a FrameState; empty: all. With `after`, the `next_after` of another part, those
    behind it. Raises NotFound.
    """
    with reading() as session:
        shot = reads.require_shot(session, shot_id)
        rendering = _rendering(session, shot)
        part = _Part(state=state, offset=offset, limit=limit, after=after)
        numbers, total, last = _numbers(session, shot, rendering, part)
        stored = reads.frames_of(session, shot_id, numbers)
        cells = []
        for number in numbers:
            row = stored.get(number)
            frame, node = row if row is not None else (None, None)
            cells.append(frame_cell(number, frame, node, rendering.get(number)))
        return FramePage(cells=tuple(cells), offset=offset, total=total, next_after=last)


def shot_frame(shot_id: int, number: int) -> FrameCell:
    """Return one of a shot's frames. Raises NotFound."""
    with reading() as session:
        shot = reads.require_shot(session, shot_id)
        if frame_list(shot.frames).position(number) is None:
            raise NotFound(f"Shot {shot_id} has no frame {number}.")
        stored, node = reads.frames_of(session, shot_id, [number]).get(number, (None, None))
        return frame_cell(number, stored, node, _rendering(session, shot).get(number))


def shot_chunks(
    shot_id: int, *, limit: int = 100, before: int | None = None
) -> tuple[ChunkRow, ...]:
    """Return the shot's chunks, newest first; with `before` those older than that chunk."""
    with reading() as session:
        found = reads.latest_chunks(session, shot_id, limit, before)
        return tuple(chunk_row(chunk, node) for chunk, node in found)


def get_chunk(chunk_id: int) -> ChunkRow:
    """Return one chunk. Raises NotFound."""
    with reading() as session:
        found = reads.chunk_with_node(session, chunk_id)
        if found is None:
            raise NotFound(f"There is no chunk {chunk_id}.")
        return chunk_row(*found)


def shot_events(
    shot_id: int, *, limit: int = 50, before: int | None = None
) -> tuple[EventRow, ...]:
    """Return what happened to the shot, newest first; with `before` what did before that event."""
    with reading() as session:
        found = reads.events_of(session, "shot", shot_id, limit, before)
        return tuple(event_row(event) for event in found)


def act_on_shot(shot_id: int, action: str, *, actor: str, reason: str = "") -> ShotRow:
    """Pause, resume, cancel or retry a shot.

    Pausing lets the frames that are rendering finish and takes the rest back; cancelling kills.
    Raises NotFound, and ActionRefused with what is allowed when its state forbids the action.
    """
    from brender_farm.service import shot_actions
    from brender_farm.service.messages import announce

    with writing() as session:
        shot = reads.require_shot(session, shot_id)
        orders = shot_actions.perform(
            session, shot, action, actor=actor, reason=reason, now=datetime.now(UTC)
        )
        row = shot_row(shot)
    announce(orders)
    return row


def set_priority(shot_id: int, priority: int, *, actor: str) -> ShotRow:
    """Change a shot's priority, 0 to 100; the next chunk follows it. Raises RequestRefused."""
    from brender_farm.service import shot_actions
    from brender_farm.service.checks import priority_fault
    from brender_farm.service.messages import announce

    fault = priority_fault(priority)
    if fault is not None:
        raise RequestRefused(fault)
    with writing() as session:
        shot = reads.require_shot(session, shot_id)
        now = datetime.now(UTC)
        shot_actions.change_priority(session, shot, priority, actor=actor, now=now)
        row = shot_row(shot)
    announce()
    return row


def _detail(session: Session, shot: Shot) -> ShotDetail:
    from brender_farm.service.shot_settings import settings_of, tag_of
    from brender_farm.service.why import reasons_for

    reasons, earlier = reasons_for(session, shot), comes_after(session, shot.id)
    return ShotDetail(
        row=shot_row(shot, show_name(session, shot.show_id)),
        blend=shot.blend,
        blend_version=shot.blend_version,
        blend_digest=shot.blend_digest,
        blend_changed=shot.blend_changed,
        source_blend=shot.source_blend,
        scene=shot.scene,
        frames=shot.frames,
        format=shot.format,
        width=shot.width,
        height=shot.height,
        size_given=shot.size_given,
        render=dict(shot.render),
        notes=shot.notes,
        chunk_size=shot.chunk_size,
        frame_limit_s=shot.frame_limit_s,
        memory_limit_bytes=shot.memory_limit_bytes,
        tags=tuple(shot.tags),
        not_tags=tuple(shot.not_tags),
        min_memory_bytes=shot.min_memory_bytes,
        max_nodes=shot.max_nodes,
        pool=shot.pool,
        blender=shot.blender,
        device=shot.device,
        limit_names=tuple(shot.limit_names),
        after=_after(earlier),
        not_before=shot.not_before,
        race=shot.race,
        held_count=shot.held_count,
        ended_chunks=shot.ended_chunks,
        opened_scenes=shot.opened_scenes,
        existing=shot.existing,
        output_dir=shot.output_dir,
        padding=shot.padding,
        file_prefix=shot.file_prefix,
        warnings=tuple(shot.warnings or ()),
        waiting=_waiting(shot, reasons),
        reasons=reasons,
        bans=_bans(session, shot),
        log_tail=_log_tail(session, shot),
        audit=AuditResult.read(shot.audit) if shot.audit else None,
        edit_tag=tag_of(settings_of(shot, earlier)),
        rev=shot.rev,
    )


def _waiting(shot: Shot, reasons: tuple[Reason, ...]) -> str:
    if shot.reason and shot.state not in (*ACTIVE_SHOT_STATES, ShotState.WAITING):
        return shot.reason
    return next((reason.sentence for reason in reasons if not reason.is_partial), "")


def _after(earlier: Sequence[tuple[Shot, bool]]) -> tuple[EarlierShot, ...]:
    return tuple(
        EarlierShot(id=other.id, name=other.name, state=other.state, by_frame=by_frame)
        for other, by_frame in earlier
    )


def _bans(session: Session, shot: Shot) -> tuple[Ban, ...]:
    if not shot.bans:
        return ()
    names = node_names(session)
    return tuple(Ban(node=names.get(int(key), "?"), why=why) for key, why in shot.bans.items())


def _log_tail(session: Session, shot: Shot) -> str:
    if not shot.failed_count or shot.state in ACTIVE_SHOT_STATES:
        return ""
    frame = last_failed_frame(session, shot.id)
    return frame.log_tail if frame is not None else ""


def _rendering(session: Session, shot: Shot) -> dict[int, tuple[int, str]]:
    """Map each frame on a node to its chunk's id and the node's name."""
    order = frame_list(shot.frames)
    return {
        number: (chunk.id, node)
        for chunk, node in reads.live_chunks(session, shot.id)
        for number in order.at(Spans.decode(chunk.spans))
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Which of a shot's frames."""

    state: str
    offset: int
    limit: int
    after: int | None


def _numbers(
    session: Session, shot: Shot, rendering: dict[int, tuple[int, str]], part: _Part
) -> tuple[list[int], int, int | None]:
    """Return frames, how many there are in all, and what those behind them come after."""
    if part.state in (FrameState.DONE, FrameState.FAILED):
        numbers, total = reads.frame_numbers_in_state(
            session,
            shot.id,
            part.state,
            offset=part.offset,
            limit=part.limit,
            after=part.after,
        )
        return numbers, total, numbers[-1] if len(numbers) == part.limit else None
    if part.state == FrameState.RENDERING:
        chosen = sorted(rendering)
        behind = [frame for frame in chosen if part.after is None or frame > part.after]
        shown = behind[part.offset : part.offset + part.limit]
        return shown, len(chosen), shown[-1] if len(shown) == part.limit else None
    return _numbers_in_order(shot, part)


def _numbers_in_order(shot: Shot, part: _Part) -> tuple[list[int], int, int | None]:
    """Return frames in rendering order; those behind them come after a place in it."""
    order = frame_list(shot.frames)
    is_pending = part.state == FrameState.PENDING
    spans = Spans.decode(shot.pending) if is_pending else Spans.all(len(order))
    behind = spans if part.after is None else spans - Spans.all(part.after + 1)
    _, rest = behind.take(part.offset)
    shown, more = rest.take(part.limit)
    last = shown.pairs[-1][1] - 1 if more and shown else None
    return list(order.at(shown)), len(spans), last
