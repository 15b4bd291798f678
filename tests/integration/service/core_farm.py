"""The farm's core, used as artists, nodes and the scheduler use it, on the test's clock."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from brender_farm import wire
from brender_farm.db.core import db, reading, writing
from brender_farm.db.models import Chunk, Event, Frame, Node, Shot
from brender_farm.db.writes.chunks import ending_chunks
from brender_farm.domain.leases import LeaseWatch
from brender_farm.domain.states import ChunkState, FrameState
from brender_farm.scheduler.attendance import take_attendance
from brender_farm.service.dispatch import Dispatch, assign_chunks
from brender_farm.service.recording import record_report
from brender_farm.service.requests import ShotRequest, Submitted
from brender_farm.service.shapes.shots import ShotRow
from brender_farm.service.shots import act_on_shot, get_shot
from brender_farm.service.submit import submit

DATA = Path(__file__).parents[2] / "data"


class CoreFarm:
    """Submits, takes attendance, plans and records; time passes only when the test says so."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.restart_scheduler()
        self._now = datetime(2030, 1, 1, tzinfo=UTC)
        self._now_s = 1000.0

    @property
    def now(self) -> datetime:
        return self._now

    def restart_scheduler(self) -> None:
        """Forget what the scheduler has only in memory."""
        self._watch = LeaseWatch()

    def pass_time(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._now_s += seconds

    def blend(self, name: str = "tiny.blend") -> Path:
        return Path(shutil.copy(DATA / name, self.root / name))

    def submit(self, blend: str | Path = "tiny.blend", **asked: Any) -> Submitted:
        """Submit one of the test files by its name, or any path."""
        path = self.blend(blend) if isinstance(blend, str) else blend
        return submit(ShotRequest(blend=str(path), **asked), submitter="mira")

    def shot(self, shot_id: int) -> ShotRow:
        return get_shot(shot_id).row

    def act(self, shot_id: int, action: str) -> ShotRow:
        return act_on_shot(shot_id, action, actor="mira")

    def attend(self, *beats: wire.Heartbeat) -> dict[int, int]:
        """Let the scheduler look at these heartbeats; return the lost chunks."""
        with writing() as session:
            return take_attendance(session, self._watch, beats, now=self._now, now_s=self._now_s)

    def join(self, name: str = "atlas", **changes: Any) -> None:
        """Let a node send its first heartbeat."""
        self.attend(heartbeat(name, **changes))

    def assign(self) -> list[Dispatch]:
        with writing() as session:
            return assign_chunks(session, now=self._now)

    def report(self, *items: wire.ReportItem, node: str | None = None) -> list[int]:
        """Let nodes report in this order; without a name, each about its own chunks.

        Returns the chunks that are to be stopped.
        """
        stopped: list[int] = []
        with writing() as session:
            for name, run in groupby(items, lambda item: node or _holder(session, item.chunk_id)):
                report = wire.Report(node=name, items=list(run))
                stopped += record_report(session, report, now=self._now).stopped_chunks
        return stopped

    def lose(self, *chunk_ids: int) -> None:
        """Let the nodes of these chunks fall silent, one and all, and come back."""
        beats = [heartbeat(name, beat=0) for name in self.node_names()]
        self.pass_time(60)
        lost = self.attend()
        assert set(chunk_ids) <= lost.keys()
        self.attend(*beats)

    def node_names(self) -> list[str]:
        with reading() as session:
            return list(session.scalars(select(Node.name).order_by(Node.name)))

    def node_online(self, name: str = "atlas") -> bool:
        with reading() as session:
            return bool(session.scalar(select(Node.online).where(Node.name == name)))

    def pending(self, shot_id: int) -> str:
        with reading() as session:
            return session.get_one(Shot, shot_id).pending

    def chunk_state(self, chunk_id: int) -> ChunkState:
        with reading() as session:
            return session.get_one(Chunk, chunk_id).state

    def ending(self) -> list[int]:
        """Return the chunks that are to end after their current frame."""
        with reading() as session:
            return ending_chunks(session)

    def frame_states(self, shot_id: int) -> dict[int, FrameState]:
        """Return the stored frames; those never tried are not among them."""
        with reading() as session:
            found = session.execute(
                select(Frame.frame, Frame.state).where(Frame.shot_id == shot_id)
            )
            return {row.frame: row.state for row in found}

    def reasons(self, subject: str, subject_id: int) -> list[str]:
        """Return the reasons of what happened to a shot, a chunk or a node, oldest first."""
        with reading() as session:
            wanted = select(Event.reason).where(
                Event.subject == subject, Event.subject_id == subject_id
            )
            return list(session.scalars(wanted.order_by(Event.id)))

    def count(self, model: type[Shot | Frame | Chunk | Event]) -> int:
        with reading() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    @contextmanager
    def counted_queries(self) -> Iterator[list[str]]:
        """Collect the statements that are run meanwhile, transactions' own ones left out."""
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith("BEGIN"):
                seen.append(statement)

        db.session.remove()  # nothing is answered from memory
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)


def _holder(session: Session, chunk_id: int) -> str:
    """Return the name of a chunk's node; one that never was has a node nobody knows."""
    found = select(Node.name).join(Chunk, Chunk.node_id == Node.id).where(Chunk.id == chunk_id)
    return session.scalar(found) or "nobody"


def heartbeat(node: str = "atlas", **changes: Any) -> wire.Heartbeat:
    """Return a heartbeat of a healthy node with Blender 4.5; `claims` are chunk ids."""
    versions = list(changes.pop("versions", ("4.5.15",)))
    values: dict[str, Any] = {
        "boot": "first",
        "beat": 1,
        "slots": 1,
        "accepting": True,
        "facts": wire.MachineFacts(
            hostname=node,
            os="Linux",
            cpu_count=8,
            memory_bytes=2**34,
            blender_versions=versions,
        ),
        "sample": wire.MachineSample(cpu_pct=50.0),
    }
    claims = [wire.ChunkClaim(chunk_id=chunk_id) for chunk_id in changes.pop("claims", ())]
    return wire.Heartbeat(node=node, claims=claims, **(values | changes))


def done(chunk_id: int, frame: int, *, seconds: float = 2.0) -> wire.FrameDone:
    return wire.FrameDone(
        chunk_id=chunk_id,
        frame=frame,
        seconds=seconds,
        byte_count=1000,
        digest=f"{chunk_id:020x}{frame:020x}",
        width=160,
        height=90,
        peak_bytes=2**27,
    )


def failed(chunk_id: int, frame: int, *, permanent: bool = False) -> wire.FrameFailed:
    return wire.FrameFailed(
        chunk_id=chunk_id, frame=frame, reason="It ran out of memory.", permanent=permanent
    )


def started(chunk_id: int) -> wire.ChunkStarted:
    return wire.ChunkStarted(chunk_id=chunk_id, boot="first")


def ended(
    chunk_id: int, *, returned: bool = False, reported: int = 0, resent: int = 0
) -> wire.ChunkEnded:
    return wire.ChunkEnded(
        chunk_id=chunk_id, returned=returned, reported_count=reported, resent=resent
    )
