"""From database rows to the frozen shapes that leave the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import object_session

from brender_farm.db.models import Chunk, Event, Frame, Node, Shot, Show
from brender_farm.db.reads.ahead import GOING_STATES
from brender_farm.db.reads.nodes import tags_of
from brender_farm.db.writes.shots import tally_of
from brender_farm.domain.failures import is_sick
from brender_farm.domain.forecast import Forecast
from brender_farm.domain.hours import read_hours
from brender_farm.domain.local_time import local_time
from brender_farm.domain.states import (
    FrameState,
    NodeIntent,
    node_actions,
    shot_actions,
    shot_offers,
)
from brender_farm.service.shapes.farm import EventRow
from brender_farm.service.shapes.frames import ChunkRow, FrameCell
from brender_farm.service.shapes.nodes import NodeRow, NodeSample, NodeWork, UnwellFolder
from brender_farm.service.shapes.shots import ShotRow


def seconds_per_frame(shot: Shot) -> float | None:
    return shot.render_seconds / shot.measured_count if shot.measured_count else None


def shot_row(shot: Shot, show: str | None = None) -> ShotRow:
    """Return a shot as a list shows it, without its time left: see `with_time_left`.

    `show` is the name of its show; without it, that is asked for.
    """
    tally = tally_of(shot)
    return ShotRow(
        id=shot.id,
        name=shot.name,
        state=shot.state,
        reason=shot.reason,
        is_halted=shot.halted,
        priority=shot.priority,
        submitter=shot.submitter,
        frame_count=shot.frame_count,
        done_count=shot.done_count,
        failed_count=shot.failed_count,
        rendering_count=tally.rendering_count,
        pending_count=shot.pending_count,
        seconds_per_frame=seconds_per_frame(shot),
        time_left_s=None,
        time_left_low_s=None,
        time_left_high_s=None,
        created_at=shot.created_at,
        started_at=shot.started_at,
        finished_at=shot.finished_at,
        actions=shot_actions(shot.state),
        offers=shot_offers(shot.state, archived=shot.archived),
        archived=shot.archived,
        show_id=shot.show_id,
        show=_show_name(shot) if show is None else show,
    )


def _show_name(shot: Shot) -> str:
    session = object_session(shot) if shot.show_id is not None else None
    show = session.get(Show, shot.show_id) if session is not None else None
    return show.name if show is not None else ""


def with_time_left(row: ShotRow, told: Forecast) -> ShotRow:
    """Return the row with what the forecast says of its shot."""
    left = told.shots.get(row.id)
    if left is None or row.state not in GOING_STATES:
        return row
    return replace(
        row, time_left_s=left.s, time_left_low_s=left.low_s, time_left_high_s=left.high_s
    )


def chunk_row(chunk: Chunk, node: str) -> ChunkRow:
    return ChunkRow(
        id=chunk.id,
        shot_id=chunk.shot_id,
        node=node,
        state=chunk.state,
        frames=chunk.frames,
        frame_count=chunk.frame_count,
        done_count=chunk.done_count,
        failed_count=chunk.failed_count,
        twin_of=chunk.twin_of,
        reason=chunk.reason,
        sent_at=chunk.sent_at,
        started_at=chunk.started_at,
        finished_at=chunk.finished_at,
    )


def frame_cell(
    number: int, stored: Frame | None, node: str | None, rendering: tuple[int, str] | None
) -> FrameCell:
    """Combine what is stored of a frame with the live chunk that has it: (id, node's name)."""
    state = stored.state if stored is not None else FrameState.PENDING
    chunk_id = stored.chunk_id if stored is not None else None
    if rendering is not None:
        state, (chunk_id, node) = FrameState.RENDERING, rendering
    done = stored is not None and stored.state is FrameState.DONE
    return FrameCell(
        frame=number,
        state=state,
        chunk_id=chunk_id,
        node=node,
        seconds=stored.seconds if stored is not None else None,
        byte_count=stored.byte_count if stored is not None else None,
        peak_bytes=stored.peak_bytes if stored is not None else None,
        tries=stored.tries if stored is not None else 0,
        reason=stored.reason if stored is not None else "",
        log_tail=stored.log_tail if stored is not None else "",
        files=tuple(file["name"] for file in stored.files) if stored is not None else (),
        tag=(stored.digest or "")[:16] if done and stored is not None else "",
    )


def opens_at(text: str, now: datetime) -> datetime | None:
    """Return when a node with these hours takes new work again, in UTC; None: it does now."""
    hours, local = read_hours(text), local_time(now)
    change = None if hours.is_open(local) else hours.next_change(local)
    return change.astimezone(UTC) if change is not None else None


def node_row(node: Node, chunks: Mapping[int, tuple[Chunk, str]], now: datetime) -> NodeRow:
    """Combine a node with its live chunks: id → (chunk, shot's name)."""
    claims = {claim["chunk_id"]: claim for claim in node.claims}
    return NodeRow(
        id=node.id,
        name=node.name,
        intent=node.intent,
        reason=node.reason,
        online=node.online,
        slots=node.slots,
        work=tuple(_work(chunk, name, claims.get(chunk.id, {})) for chunk, name in chunks.values()),
        sample=NodeSample(**node.sample),
        hostname=node.facts.get("hostname", ""),
        os=node.facts.get("os", ""),
        cpu_count=node.facts.get("cpu_count", 0),
        blender_versions=tuple(node.facts.get("blender_versions", ())),
        gpus=tuple(node.facts.get("gpus", ())),
        tags=tags_of(node),
        own_tags=tuple(node.facts.get("tags", ())),
        has_given_tags=node.set_tags is not None,
        pool=node.facts.get("pool", ""),
        trouble=node.trouble,
        unwell=tuple(
            UnwellFolder(folder=folder, reason=why) for folder, why in node.unwell.items()
        ),
        is_sick=node.intent is NodeIntent.DISABLED and is_sick(node.bans_in_row),
        hours=node.hours,
        opens_at=opens_at(node.hours, now),
        warm=tuple(node.warm),
        restart_asked_at=node.restart_asked_at,
        first_seen_at=node.first_seen_at,
        last_seen_at=node.last_seen_at,
        actions=node_actions(node.intent),
    )


def _work(chunk: Chunk, shot_name: str, claim: Mapping[str, int | None]) -> NodeWork:
    return NodeWork(
        chunk_id=chunk.id,
        shot_id=chunk.shot_id,
        shot_name=shot_name,
        frames=chunk.frames,
        frame=claim.get("frame"),
        frame_s=claim.get("frame_s"),
        done_count=max(chunk.done_count, claim.get("done_count") or 0),
        frame_count=chunk.frame_count,
        sample=claim.get("sample"),
        sample_count=claim.get("sample_count"),
    )


def event_row(event: Event) -> EventRow:
    return EventRow(
        id=event.id,
        at=event.at,
        actor=event.actor,
        subject=event.subject,
        subject_id=event.subject_id,
        from_state=event.from_state,
        to_state=event.to_state,
        reason=event.reason,
    )
