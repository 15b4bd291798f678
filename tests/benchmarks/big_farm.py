"""A farm as it is after a year: 1,000 nodes, 1,000 shots, a million finished frames.

Written straight into the database; one shot has 100,000 frames of them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from brender_farm.db.core import writing
from brender_farm.db.models import Chunk, Event, Farm, Frame, Node, Shot, Show, WorkHour
from brender_farm.domain.states import ChunkState, FrameState, NodeIntent, ShotState

NODES = 1000
SHOTS = 1000
FRAMES = 1000
LONG_SHOT = 1
LONG_FRAMES = 100_000
_CHUNK = 4
_ROWS = 20_000
_SUBMITTERS = [f"artist-{number:02}" for number in range(20)]
_SHOWS = [f"show-{number}" for number in range(8)]


def fill(now: datetime | None = None) -> None:
    """Fill the empty, migrated database of the app whose context this runs in."""
    now = now or datetime.now(UTC)
    with writing() as session:
        session.get_one(Farm, 1).pass_at = now + timedelta(hours=1)
        _put(session, Show, (_show(number, now) for number in range(len(_SHOWS))))
        _put(session, Node, (_node(number, now) for number in range(NODES)))
        _put(session, Shot, (_shot(number, now) for number in range(SHOTS)))
        _put(session, Chunk, _chunks(now))
        _put(session, Frame, _frames(now))
        _put(session, WorkHour, _hours(now))
        _put(session, Event, _events(now))


def _put(session: Session, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    left = iter(rows)
    while some := list(islice(left, _ROWS)):
        session.execute(insert(table), some)


def _show(number: int, now: datetime) -> dict[str, Any]:
    return {"name": _SHOWS[number], "root": f"/show/{number}", "created_at": now}


def _node(number: int, now: datetime) -> dict[str, Any]:
    return {
        "name": f"node-{number:04}",
        "intent": NodeIntent.DISABLED if number % 50 == 0 else NodeIntent.ENABLED,
        "online": number % 25 != 1,
        "accepting": True,
        "boot": "first",
        "slots": 2,
        "warm": [f"/show/0/{number}.blend"],
        "memory_bytes": 64 * 10**9,
        "facts": {
            "blender_versions": ["4.5.15", "4.2.9"],
            "tags": ["gpu"] if number % 3 == 0 else [],
            "hostname": f"node-{number:04}.farm",
            "os": "Linux 6.12",
            "cpu_count": 32,
            "memory_bytes": 64 * 10**9,
        },
        "sample": {
            "cpu_pct": 50.0 + number % 50,
            "load_1": 12.5,
            "memory_used_bytes": 30 * 10**9,
            "memory_total_bytes": 64 * 10**9,
            "disk_free_bytes": 200 * 10**9,
            "disk_total_bytes": 10**12,
        },
        "first_seen_at": now - timedelta(days=300),
        "last_seen_at": now,
    }


def _frame_count(number: int) -> int:
    return LONG_FRAMES if number + 1 == LONG_SHOT else FRAMES


def _done_count(number: int) -> int:
    """Shots of a farm in work: most are done, a fifth are half way."""
    count = _frame_count(number)
    return count if number % 5 else count // 2 if number else count


def _shot(number: int, now: datetime) -> dict[str, Any]:
    count, done = _frame_count(number), _done_count(number)
    over = done == count
    return {
        "name": f"{['harbour', 'mill', 'lantern', 'bridge'][number % 4]}_{number:04}",
        "state": ShotState.COMPLETED if over else ShotState.RENDERING,
        "priority": (30, 50, 50, 50, 80)[number % 5],
        "submitter": _SUBMITTERS[number % len(_SUBMITTERS)],
        "show_id": 1 + number % len(_SHOWS),
        "created_at": now - timedelta(hours=SHOTS - number),
        "started_at": now - timedelta(hours=SHOTS - number),
        "finished_at": now - timedelta(hours=SHOTS - number - 1) if over else None,
        "blend": f"/show/{number % len(_SHOWS)}/{number}.blend",
        "blend_size_bytes": 1000,
        "blend_mtime_ns": 1,
        "blend_version": "4.5",
        "scene": "Scene",
        "format": "PNG",
        "width": 1920,
        "height": 1080,
        "output_dir": f"/show/{number % len(_SHOWS)}/renders/{number}",
        "existing": "new-version",
        "chunk_size": _CHUNK,
        "frames": f"1-{count}",
        "frame_count": count,
        "pending": "" if over else f"{done}-{count}",
        "pending_count": count - done,
        "done_count": done,
        "measured_count": done,
        "render_seconds": 20.0 * done,
        "work_seconds": 20.0 * done,
        "work_squared": 450.0 * done,
        "warnings": [],
    }


def _chunks(now: datetime) -> Iterator[dict[str, Any]]:
    """Chunks of the finished frames, and one that renders for each shot in work."""
    for number in range(SHOTS):
        done = _done_count(number)
        for first in range(1, done + 1, _CHUNK):
            at = now - timedelta(minutes=5 + number, seconds=first / 50)
            yield _chunk(number, first, ChunkState.DONE, at)
        if done < _frame_count(number):
            for each in range(8):
                first = done + 1 + each * _CHUNK
                yield _chunk(number, first, ChunkState.RENDERING, now - timedelta(seconds=30))


def _chunk(number: int, first: int, state: ChunkState, at: datetime) -> dict[str, Any]:
    done = state is ChunkState.DONE
    return {
        "shot_id": number + 1,
        "node_id": 1 + (number * 7 + first // _CHUNK) % NODES,
        "state": state,
        "spans": "" if done else f"{first - 1}-{first + _CHUNK - 1}",
        "frames": f"{first}-{first + _CHUNK - 1}",
        "frame_count": _CHUNK,
        "done_count": _CHUNK if done else 0,
        "sent_at": at - timedelta(seconds=81),
        "started_at": at - timedelta(seconds=80),
        "finished_at": at if done else None,
    }


def _frames(now: datetime) -> Iterator[dict[str, Any]]:
    dice, chunk_id = random.Random(1), 0
    for number in range(SHOTS):
        done = _done_count(number)
        for frame in range(1, done + 1):
            yield {
                "shot_id": number + 1,
                "frame": frame,
                "state": FrameState.DONE,
                "chunk_id": chunk_id + 1 + (frame - 1) // _CHUNK,
                "seconds": 15.0 + 10 * dice.random(),
                "byte_count": 5_000_000,
                "digest": f"{number:020x}{frame:020x}",
                "peak_bytes": 3 * 10**9,
                "at": now - timedelta(minutes=5 + number, seconds=frame / 50),
            }
        chunk_id += done // _CHUNK + (8 if done < _frame_count(number) else 0)


def _hours(now: datetime) -> Iterator[dict[str, Any]]:
    """A month of work: each node in each hour, for one submitter and show."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    for back in range(24 * 30):
        for node_id in range(1, NODES + 1, 4):
            yield {
                "at": hour - timedelta(hours=back),
                "node_id": node_id,
                "submitter": _SUBMITTERS[(back + node_id) % len(_SUBMITTERS)],
                "show_id": 1 + (back + node_id) % len(_SHOWS),
                "done_count": 150,
                "failed_count": int(node_id % 97 == 0),
                "seconds": 3000.0,
            }


def _events(now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(SHOTS * 20):
        yield {
            "at": now - timedelta(minutes=SHOTS * 20 - number),
            "actor": _SUBMITTERS[number % len(_SUBMITTERS)],
            "subject": "shot",
            "subject_id": 1 + number % SHOTS,
            "from_state": "queued",
            "to_state": "rendering",
            "reason": "Its first frame is being rendered.",
        }
