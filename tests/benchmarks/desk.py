"""What follows the end of a chunk in the database, on 1,000 nodes with 1,000 shots.

10 million frames are pending and every slot but the freed one is busy. "The plan" is all that
finding and storing the next chunk takes: the desk brought up to date, the planner, the chunk cut.
Beside it the whole transaction, with the report recorded before and the commit after, and a plan
for which everything is read anew, as once a second. On PostgreSQL:
`python -m tests.postgres -- python -m tests.benchmarks desk`.
"""

from __future__ import annotations

import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from brender_farm import wire
from brender_farm.db.core import create_core_app, db, writing
from brender_farm.db.migrate import upgrade
from brender_farm.db.models import Node, Shot
from brender_farm.domain.states import NodeIntent, ShotState
from brender_farm.service.desk import Desk
from brender_farm.service.dispatch import Dispatch, assign_chunks
from brender_farm.service.recording import record_report
from tests.benchmarks.figures import Figure
from tests.databases import SERVER_VARIABLE, fresh_database_url, make_settings

ROUNDS = 30
NODES = 1000
SHOTS = 1000
FRAMES = 10_000
_SLOTS = 2


def measure(rounds: int) -> list[Figure]:
    database = "PostgreSQL" if os.environ.get(SERVER_VARIABLE) else "SQLite"
    plans, wholes, afresh = [], [], []
    with tempfile.TemporaryDirectory(prefix="brender-bench-") as folder:
        root = Path(folder).resolve()
        app = create_core_app(make_settings(root, fresh_database_url(root)))
        with app.app_context():
            upgrade()
            _fill()
            desk, out = Desk(), _plan(Desk())
            _end(desk, out[-1])
            for sent in out[:rounds]:
                plan_ms, whole_ms = _end(desk, sent)
                plans.append(plan_ms)
                wholes.append(whole_ms)
            for sent in out[rounds : rounds + 5]:
                desk.forget()
                afresh.append(_end(desk, sent)[0])
            db.session.remove()
            db.engine.dispose()
    what = f"desk: one freed slot on {database}"
    return [
        Figure(name=f"{what}: the plan", unit="ms", values=plans, target=2),
        Figure(name=f"{what}: the whole transaction", unit="ms", values=wholes),
        Figure(name=f"{what}: the plan, all read anew", unit="ms", values=afresh),
    ]


def _plan(desk: Desk) -> list[Dispatch]:
    """Fill every slot."""
    with writing() as session:
        return assign_chunks(session, now=datetime.now(UTC), desk=desk)


def _end(desk: Desk, sent: Dispatch) -> tuple[float, float]:
    """Report the end of a chunk; return the milliseconds of the plan and of all."""
    began, chunk_id = time.perf_counter(), sent.order.chunk_id
    now = datetime.now(UTC)
    done = wire.FrameDone(
        chunk_id=chunk_id,
        frame=int(sent.order.frames),
        seconds=2.0,
        byte_count=1000,
        digest=f"{chunk_id:040x}",
        width=160,
        height=90,
        peak_bytes=2**27,
    )
    ended = wire.ChunkEnded(chunk_id=chunk_id, reported_count=1)
    with writing() as session:
        desk.open(session)
        record_report(session, wire.Report(node=sent.node, items=[done, ended]), now=now)
        recorded = time.perf_counter()
        [_] = assign_chunks(session, now=now, desk=desk)
        planned = time.perf_counter()
        desk.close(session)
    db.session.remove()  # as at the end of each report
    return (planned - recorded) * 1000, (time.perf_counter() - began) * 1000


def _fill() -> None:
    now = datetime.now(UTC)
    with writing() as session:
        session.execute(insert(Node), [_node(number, now) for number in range(NODES)])
        session.execute(insert(Shot), [_shot(number, now) for number in range(SHOTS)])


def _node(number: int, now: datetime) -> dict[str, object]:
    return {
        "name": f"node-{number:04}",
        "intent": NodeIntent.ENABLED,
        "online": True,
        "accepting": True,
        "boot": "first",
        "slots": _SLOTS,
        "warm": [f"/show/{number}.blend"],
        "facts": {"blender_versions": ["4.5.15"], "tags": [], "hostname": f"node-{number:04}"},
        "sample": {"cpu_pct": 50.0},
        "first_seen_at": now,
        "last_seen_at": now,
    }


def _shot(number: int, now: datetime) -> dict[str, object]:
    return {
        "name": f"Shot {number:04}",
        "state": ShotState.QUEUED,
        "priority": (30, 50, 50, 50, 80)[number % 5],
        "submitter": f"artist-{number % 20}",
        "created_at": now,
        "blend": f"/show/{number}.blend",
        "blend_size_bytes": 1000,
        "blend_mtime_ns": 1,
        "blend_version": "4.5",
        "scene": "Scene",
        "format": "PNG",
        "width": 160,
        "height": 90,
        "output_dir": f"/show/renders/{number}",
        "existing": "skip",
        "chunk_size": 1,
        "frames": f"1-{FRAMES}",
        "frame_count": FRAMES,
        "pending": f"0-{FRAMES}",
        "pending_count": FRAMES,
        "warnings": [],
    }
