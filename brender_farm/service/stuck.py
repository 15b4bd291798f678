"""Frames that take far longer than they should: those that render now, and finished ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from brender_farm.db.core import reading
from brender_farm.db.reads import slow as reads
from brender_farm.db.reads.overview import farm_tag
from brender_farm.domain.places import log_path
from brender_farm.domain.slow import LEAST_S, NEIGHBOURS, is_slow, usual_beside, usual_s
from brender_farm.domain.states import FrameState, ShotState, may_rerender, shot_actions
from brender_farm.service.farm_settings import setting
from brender_farm.service.log_words import PEEK
from brender_farm.service.shapes.stuck import SlowFrame, StuckFrame, StuckList

_NEWS = timedelta(days=7)
"""How long slow frames of a finished shot are shown."""
_CANDIDATES = 100


def list_stuck(*, now: datetime | None = None) -> StuckList:
    """Return the frames that are stuck, each with what its log says last."""
    now = now or datetime.now(UTC)
    with reading() as session:
        factor = setting(session, "slow_factor")
        rows, tag = _stuck(session, factor, now), farm_tag(session)
    words = PEEK.words({row.chunk_id: row.log for row in rows})
    told = (replace(row, words=words[row.chunk_id]) for row in rows)
    return StuckList(rows=tuple(told), factor=factor, tag=tag)


def stuck_tag() -> str:
    """Return a tag that changes when any shot or node does."""
    with reading() as session:
        return farm_tag(session)


def count_stuck(session: Session, now: datetime) -> int:
    """Return how many frames are stuck, inside the caller's `reading()`."""
    return len(_stuck(session, setting(session, "slow_factor"), now))


def slow_frames(limit: int = 20, *, now: datetime | None = None) -> tuple[SlowFrame, ...]:
    """Return the finished frames of recent shots that took longest beside their neighbours."""
    since = (now or datetime.now(UTC)) - _NEWS
    with reading() as session:
        factor = setting(session, "slow_factor")
        candidates = reads.long_frames(session, factor, since, _CANDIDATES)
        work = reads.work_beside(session, [(row.shot_id, row.frame) for row in candidates])
    found = [slow for row in candidates if (slow := _slow(row, work, factor)) is not None]
    return tuple(sorted(found, key=lambda frame: -frame.times)[:limit])


def _stuck(session: Session, factor: float, now: datetime) -> list[StuckFrame]:
    rows = reads.under_way(session, now - timedelta(seconds=LEAST_S))
    found = [stuck for row in rows if (stuck := _judged(row, factor, now)) is not None]
    return sorted(found, key=lambda frame: -frame.times)


def _judged(row: Any, factor: float, now: datetime) -> StuckFrame | None:
    """Return a chunk's frame if it is stuck, by what its node last said."""
    claims: Iterable[dict[str, Any]] = row.claims
    claim = next((each for each in claims if each["chunk_id"] == row.id), {})
    frame, frame_s = claim.get("frame"), claim.get("frame_s")
    usual = usual_s(
        work_seconds=row.work_seconds, measured_count=row.measured_count, speed=row.speed
    )
    if frame is None or frame_s is None or usual is None:
        return None
    since = row.last_seen_at - timedelta(seconds=frame_s)
    so_far_s = max(frame_s, (now - since).total_seconds())
    if not is_slow(so_far_s, usual, factor):
        return None
    return StuckFrame(
        shot_id=row.shot_id,
        shot_name=row.shot_name,
        submitter=row.submitter,
        frame=frame,
        chunk_id=row.id,
        node_id=row.node_id,
        node=row.node,
        since=since,
        frame_s=so_far_s,
        usual_s=usual,
        sample=claim.get("sample"),
        sample_count=claim.get("sample_count"),
        actions=("elsewhere", *(["pause"] if "pause" in shot_actions(row.shot_state) else [])),
        log=log_path(Path(row.output_dir), row.id),
    )


def _slow(row: Any, work: dict[tuple[int, int], float], factor: float) -> SlowFrame | None:
    reach = range(row.frame - NEIGHBOURS, row.frame + NEIGHBOURS + 1)
    beside = [
        work[row.shot_id, number]
        for number in reach
        if number != row.frame and (row.shot_id, number) in work
    ]
    usual = usual_beside(beside, row.speed)
    if usual is None or not is_slow(row.seconds, usual, factor):
        return None
    return SlowFrame(
        shot_id=row.shot_id,
        shot_name=row.shot_name,
        submitter=row.submitter,
        frame=row.frame,
        chunk_id=row.chunk_id,
        node=row.node,
        seconds=row.seconds,
        usual_s=usual,
        at=row.at,
        may_rerender=may_rerender(ShotState(row.shot_state), FrameState.DONE),
    )
