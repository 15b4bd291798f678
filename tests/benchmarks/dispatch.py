"""How many chunks a second go out and come back, with a Blender that takes no time.

Real processes: broker, scheduler, one node with 1, 4 and 16 slots, chunks of one frame of 4 by 4
pixels, every file proven. Beside it what bare Celery does with two tasks a chunk that do nothing,
on the same broker, in turn with the farm's rounds (bare_celery.py). On PostgreSQL:
`python -m tests.postgres -- python -m tests.benchmarks dispatch`.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select

from brender_farm.db.core import reading
from brender_farm.db.models import Chunk
from tests.benchmarks.bare_celery import chunks_per_s
from tests.benchmarks.figures import Figure
from tests.databases import SERVER_VARIABLE
from tests.farm import Farm, running_farm

ROUNDS = 3
SLOTS = (1, 4, 16)
CHUNKS = 400
SHARE_PCT = 60.0
_BLENDER = {"width": 4, "height": 4}
_LIMIT_S = 120.0
_NUMBERS = itertools.count()


def measure(rounds: int) -> list[Figure]:
    return [figure for slots in SLOTS for figure in _measure(slots, rounds)]


def _measure(slots: int, rounds: int) -> Sequence[Figure]:
    farms, bares = [], []
    with tempfile.TemporaryDirectory(prefix="brender-bench-") as folder:
        root = Path(folder).resolve()
        with running_farm(root) as farm:
            farm.start_node("bench", slots=slots, **_BLENDER)
            scene = farm.blend()
            _chunks_per_s(farm, scene, 4 * slots)  # every slot has the scene open
            for _ in range(rounds):
                bares.append(chunks_per_s(farm.broker_url, slots, CHUNKS))
                farms.append(_chunks_per_s(farm, scene, CHUNKS))
    database = "PostgreSQL" if os.environ.get(SERVER_VARIABLE) else "SQLite"
    what = f"dispatch: {slots} slot{'s' if slots > 1 else ''} on {database}"
    shares = [100 * ours / theirs for ours, theirs in zip(farms, bares, strict=True)]
    return (
        Figure(name=what, unit="chunks/s", values=farms, more_is_better=True),
        Figure(name=f"{what}: bare Celery", unit="chunks/s", values=bares, more_is_better=True),
        Figure(
            name=f"{what}: share of it",
            unit="%",
            values=shares,
            target=SHARE_PCT,
            more_is_better=True,
        ),
    )


def _chunks_per_s(farm: Farm, scene: Path, count: int) -> float:
    """Render a shot of so many chunks; return how many ended in a second, by the database."""
    shot_id = farm.submit(
        scene, frames=f"1-{count}", chunk_size=1, output=str(farm.folder / f"out-{next(_NUMBERS)}")
    )
    farm.wait_until_over(shot_id, limit_s=_LIMIT_S)
    with farm.core.app_context(), reading() as session:
        chunks = select(func.min(Chunk.finished_at), func.max(Chunk.finished_at), func.count())
        first, last, ended = session.execute(chunks.where(Chunk.shot_id == shot_id)).one()
    assert ended == count
    return float((count - 1) / (last - first).total_seconds())
