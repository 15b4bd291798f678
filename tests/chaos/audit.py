"""The audit of one shot from outside: its files, the journal, and a recount of the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Frame, Shot
from brender_farm.domain.frames import FrameList, Spans
from brender_farm.domain.states import LIVE_CHUNK_STATES, FrameState
from tests.chaos.journal import Picture
from tests.chaos.reference import Reference

_DIGEST_BYTES = 20
_SECONDS_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class ShotAudit:
    """One shot as the database has it, and where to look it up. Every method yields problems."""

    shot: Shot
    frames: dict[int, Frame]
    chunks: dict[int, Chunk]

    @classmethod
    def load(cls, session: Session, shot_id: int) -> ShotAudit:
        frames = session.scalars(select(Frame).where(Frame.shot_id == shot_id))
        chunks = session.scalars(select(Chunk).where(Chunk.shot_id == shot_id))
        return cls(
            session.get_one(Shot, shot_id),
            {frame.frame: frame for frame in frames},
            {chunk.id: chunk for chunk in chunks},
        )

    @property
    def folder(self) -> Path:
        return Path(self.shot.output_dir)

    def name_of(self, number: int) -> str:
        return f"{number:0{self.shot.padding}}.png"

    def pictures(self, reference: Reference) -> Iterator[str]:
        """Every frame is there once, whole, and nothing else is."""
        names = {self.name_of(number) for number in FrameList.parse(self.shot.frames)}
        found = {entry.name for entry in self.folder.iterdir()} - {".brender"}
        yield from (f"{self._id}: {name} is lost" for name in sorted(names - found))
        yield from (f"{self._id}: {name} is left over" for name in sorted(found - names))
        for name in sorted(names & found):
            if not reference.equals(self.folder / name):
                yield f"{self._id}: {name} differs from the run without faults"

    def drafts(self) -> Iterator[str]:
        work = self.folder / ".brender"
        for entry in sorted(work.iterdir() if work.exists() else ()):
            if entry.name != "logs":
                yield f"{self._id}: draft folder {entry.name} is left"

    def records(self) -> Iterator[str]:
        """What is recorded of each frame is what stands in its place."""
        for number in FrameList.parse(self.shot.frames):
            frame, path = self.frames.get(number), self.folder / self.name_of(number)
            if frame is None or frame.state is not FrameState.DONE or not path.exists():
                yield f"{self._id}: frame {number} is {frame.state if frame else 'not recorded'}"
                continue
            data = path.read_bytes()
            digest = hashlib.blake2b(data, digest_size=_DIGEST_BYTES).hexdigest()
            if (frame.byte_count, frame.digest) != (len(data), digest):
                yield f"{self._id}: frame {number} is recorded with another size or hash"

    def publishers(self, journal: list[Picture]) -> Iterator[str]:
        """Each file was written by the chunk that the database names; no other put one there."""
        chunk_of = {picture.file: picture.chunk for picture in journal}
        for number, frame in sorted(self.frames.items()):
            path = self.folder / self.name_of(number)
            if not path.exists():
                continue
            facts = path.stat()
            wrote = chunk_of.get((facts.st_ino, facts.st_mtime_ns))
            if wrote != frame.chunk_id:
                state = self.chunks[wrote].state if wrote in self.chunks else "unknown"
                yield (
                    f"{self._id}: frame {number} was published by chunk {wrote} ({state}), "
                    f"but chunk {frame.chunk_id} is recorded"
                )

    def recount(self) -> Iterator[str]:
        """The counters are what a recount finds."""
        shot, states = self.shot, [frame.state for frame in self.frames.values()]
        pending = Spans.decode(shot.pending)
        live = [chunk.id for chunk in self.chunks.values() if chunk.state in LIVE_CHUNK_STATES]
        seconds = sum(frame.seconds or 0.0 for frame in self.frames.values())
        counts = {
            "done_count": (shot.done_count, states.count(FrameState.DONE)),
            "failed_count": (shot.failed_count, states.count(FrameState.FAILED)),
            "pending_count": (shot.pending_count, len(pending)),
            "frame_count": (shot.frame_count, len(FrameList.parse(shot.frames))),
            "measured_count": (shot.measured_count, states.count(FrameState.DONE)),
            "retries": (dict(shot.retries) if hasattr(shot, "retries") else {}, {}),
        }
        for name, (stored, counted) in counts.items():
            if stored != counted:
                yield f"{self._id}: {name} is {stored}, a recount finds {counted}"
        if abs(shot.render_seconds - seconds) > _SECONDS_TOLERANCE:
            yield f"{self._id}: render_seconds is {shot.render_seconds}, the frames' are {seconds}"
        yield from (f"{self._id}: chunk {chunk} is live for ever" for chunk in live)
        for chunk in self.chunks.values():
            if chunk.done_count + chunk.failed_count > chunk.frame_count:
                yield f"{self._id}: chunk {chunk.id} counts more frames than it has"

    @property
    def _id(self) -> str:
        return f"shot {self.shot.id}"
