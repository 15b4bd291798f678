"""A shot of 100,000 frames: how long it takes to submit, and to see in the dashboard.

Submitting is the call of `submit_shot()` in a process that has submitted before. The farm has no
node, so that nothing renders beside it.

The pages come from the farm's own gunicorn. They show the list with shots just submitted, and a
shot that is over: 100,000 frames and 100,000 chunks of one frame are stored for it as a farm would
have left them. A page is timed from the request to its last byte.
"""

from __future__ import annotations

import time
import urllib.request
from datetime import UTC, datetime

from sqlalchemy import insert

from brender_farm import submit_shot, wire
from brender_farm.client import core_app
from brender_farm.config import settings
from brender_farm.db.core import writing
from brender_farm.db.models import Chunk, Frame, Shot
from brender_farm.db.writes.nodes import add_node
from brender_farm.domain.states import ChunkState, FrameState, ShotState
from tests.benchmarks.farm import private_farm
from tests.benchmarks.figures import Figure

ROUNDS = 9
FRAMES = 100_000
_WRITE_AT_ONCE = 10_000

PAGES = (
    ("the list", "/shots"),
    ("the list's fragment", "/shots/live"),
    ("new shot", "/shots/{new}"),
    ("new shot's fragment", "/shots/{new}/live"),
    ("finished shot", "/shots/{done}"),
    ("finished shot's fragment", "/shots/{done}/live"),
    ("finished shot, last page of frames", "/shots/{done}?page=834"),
    ("finished shot, done frames only", "/shots/{done}?frames=done&page=834"),
    ("one frame in it", "/shots/{done}/frames/50000"),
    ("API: the list", "/api/v1/shots"),
    ("API: finished shot", "/api/v1/shots/{done}"),
)


def measure(rounds: int) -> list[Figure]:
    with private_farm(with_node=False) as farm:
        blend, submits = farm.scene(), []
        for _ in range(rounds + 1):
            began = time.perf_counter()
            shot = submit_shot(blend, f"1-{FRAMES}", output=farm.new_output(), chunk_size=1)
            submits.append((time.perf_counter() - began) * 1000)
        done = submit_shot(blend, f"1-{FRAMES}", output=farm.new_output(), chunk_size=1)
        _finish(done.id)
        pages = _time_pages(rounds, {"new": shot.id, "done": done.id})
    return [
        Figure(name="big_shot: submit", unit="ms", values=submits[1:], target=50),
        *(
            Figure(name=f"big_shot: {name}", unit="ms", values=values, target=200)
            for name, values in pages.items()
        ),
    ]


def _time_pages(rounds: int, ids: dict[str, int]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name, _ in PAGES}
    for number in range(rounds + 1):
        for name, path in PAGES:
            began = time.perf_counter()
            with urllib.request.urlopen(settings().url + path.format(**ids), timeout=30) as answer:
                assert answer.read()
            if number:
                found[name].append((time.perf_counter() - began) * 1000)
    return found


def _finish(shot_id: int) -> None:
    """Store the shot as it is when all its frames were rendered, one a chunk."""
    now = datetime.now(UTC)
    with core_app().app_context():
        with writing() as session:
            node_id = add_node(session, _heartbeat(), now).id
        for first in range(1, FRAMES + 1, _WRITE_AT_ONCE):
            numbers = range(first, min(first + _WRITE_AT_ONCE, FRAMES + 1))
            with writing() as session:
                chunks = session.scalars(
                    insert(Chunk).returning(Chunk.id, sort_by_parameter_order=True),
                    [_chunk(shot_id, node_id, number, now) for number in numbers],
                ).all()
                session.execute(
                    insert(Frame),
                    [_frame(shot_id, n, c, now) for n, c in zip(numbers, chunks, strict=True)],
                )
        with writing() as session:
            shot = session.get_one(Shot, shot_id)
            shot.state, shot.started_at, shot.finished_at = ShotState.COMPLETED, now, now
            shot.pending, shot.pending_count = "", 0
            shot.done_count = shot.measured_count = FRAMES
            shot.render_seconds = FRAMES * 1.5


def _chunk(shot_id: int, node_id: int, number: int, now: datetime) -> dict[str, object]:
    return {
        "shot_id": shot_id,
        "node_id": node_id,
        "state": ChunkState.DONE,
        "spans": "",
        "frames": str(number),
        "frame_count": 1,
        "done_count": 1,
        "sent_at": now,
        "started_at": now,
        "finished_at": now,
    }


def _frame(shot_id: int, number: int, chunk_id: int, now: datetime) -> dict[str, object]:
    return {
        "shot_id": shot_id,
        "frame": number,
        "state": FrameState.DONE,
        "chunk_id": chunk_id,
        "seconds": 1.5,
        "byte_count": 20_000,
        "digest": f"{number:040x}",
        "peak_bytes": 400_000_000,
        "at": now,
    }


def _heartbeat() -> wire.Heartbeat:
    return wire.Heartbeat(
        node="elsewhere",
        boot="1",
        beat=1,
        slots=1,
        accepting=False,
        facts=wire.MachineFacts(
            hostname="elsewhere", os="", cpu_count=1, memory_bytes=0, blender_versions=[]
        ),
        sample=wire.MachineSample(),
    )
