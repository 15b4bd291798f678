"""Recording what nodes report. Every message may come twice, late or out of order.

A live chunk's word counts for the frames it holds. A chunk that is over (lost, cancelled)
published its frames while it was live, so a late "done" is accepted for a frame of it that nobody
else has or did; its failures are not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from brender_farm import wire
from brender_farm.db.models import Chunk, Frame, Shot
from brender_farm.db.writes.chunks import end_chunk
from brender_farm.db.writes.nodes import stop_accepting
from brender_farm.db.writes.shots import roll_up, set_pending, touch
from brender_farm.domain.frames import FrameList, Spans
from brender_farm.domain.rollup import after_failure
from brender_farm.domain.states import LIVE_CHUNK_STATES, ChunkState, FrameState


@dataclass(slots=True)
class Recorded:
    """What a report brought about."""

    ended_chunks: list[int] = field(default_factory=list)
    shots: dict[int, Shot] = field(default_factory=dict)


def record_report(session: Session, report: wire.Report, *, now: datetime) -> Recorded:
    """Apply a report to the database, inside the caller's `writing()`."""
    recorded = Recorded()
    for item in report.items:
        chunk = session.get(Chunk, item.chunk_id)
        shot = session.get(Shot, chunk.shot_id) if chunk is not None else None
        if chunk is None or shot is None:
            continue  # its shot was deleted
        _Recorder(session, chunk, shot, now).apply(item, recorded)
        recorded.shots[shot.id] = shot
    for shot in recorded.shots.values():
        roll_up(session, shot, now=now)
        touch(session, shot)
    return recorded


@lru_cache(maxsize=256)
def frame_list(text: str) -> FrameList:
    """Parse the frames of a shot or a chunk once, not for every report."""
    return FrameList.parse(text)


@dataclass(slots=True)
class _Recorder:
    session: Session
    chunk: Chunk
    shot: Shot
    now: datetime

    @property
    def is_live(self) -> bool:
        return self.chunk.state in LIVE_CHUNK_STATES

    def apply(self, item: wire.ReportItem, recorded: Recorded) -> None:
        match item:
            case wire.ChunkStarted():
                self._start()
            case wire.FrameDone():
                self._frame_done(item)
            case wire.FrameFailed():
                self._frame_failed(item)
            case wire.ChunkEnded():
                self._end(item)
                recorded.ended_chunks.append(item.chunk_id)

    def _start(self) -> None:
        if self.is_live and self.chunk.started_at is None:
            self.chunk.started_at = self.now
            self.chunk.state = ChunkState.RENDERING

    def _frame_done(self, item: wire.FrameDone) -> None:
        position = self._position(item.frame)
        if position is None:
            return
        frame = self._frame(item.frame)
        was = frame.state
        if self._holds(position):
            self._start()
            self._let_go(position)
            self.chunk.done_count += 1
        elif was is FrameState.DONE or not self._is_unowned(position, was):
            return
        elif was is not FrameState.FAILED:
            set_pending(self.shot, Spans.decode(self.shot.pending) - Spans.of([position]))
        self.shot.failed_count -= was is FrameState.FAILED
        if was is not FrameState.DONE:
            self.shot.done_count += 1
            self.shot.measured_count += 1
            self.shot.render_seconds += item.seconds
        self._store(frame, item)

    def _position(self, number: int) -> int | None:
        """Return where a frame of this chunk stands in the shot; None for any other frame."""
        if frame_list(self.chunk.frames).position(number) is None:
            return None
        return frame_list(self.shot.frames).position(number)

    def _holds(self, position: int) -> bool:
        """Whether the chunk has the lease of this frame now."""
        return self.is_live and position in Spans.decode(self.chunk.spans)

    def _is_unowned(self, position: int, was: FrameState) -> bool:
        return was is FrameState.FAILED or position in Spans.decode(self.shot.pending)

    def _store(self, frame: Frame, item: wire.FrameDone) -> None:
        frame.state = FrameState.DONE
        frame.chunk_id = self.chunk.id
        frame.seconds = item.seconds
        frame.byte_count = item.byte_count
        frame.digest = item.digest
        frame.peak_bytes = item.peak_bytes or None
        frame.reason = _flags(item)
        frame.at = self.now

    def _frame_failed(self, item: wire.FrameFailed) -> None:
        position = self._position(item.frame)
        if position is None or not self._holds(position):
            return
        self._start()
        frame = self._frame(item.frame)
        frame.tries += 1
        state = after_failure(frame.tries, permanent=item.permanent)
        self._let_go(position)
        self.chunk.failed_count += 1
        frame.reason, frame.at = item.reason, self.now
        if frame.state is FrameState.DONE:
            return  # the proven file is still in its place
        frame.state, frame.chunk_id = state, self.chunk.id
        if state is FrameState.FAILED:
            self.shot.failed_count += 1
        else:
            set_pending(self.shot, Spans.decode(self.shot.pending) | Spans.of([position]))

    def _let_go(self, position: int) -> None:
        self.chunk.spans = (Spans.decode(self.chunk.spans) - Spans.of([position])).encode()

    def _end(self, item: wire.ChunkEnded) -> None:
        unfinished = bool(self.chunk.spans)
        if item.returned and self.is_live:
            stop_accepting(self.session, self.chunk.node_id)
        if item.returned or (unfinished and not self.chunk.failed_count):
            state = ChunkState.RETURNED
        else:
            state = ChunkState.FAILED if self.chunk.failed_count else ChunkState.DONE
        end_chunk(self.session, self.chunk, self.shot, state, now=self.now, reason=item.reason)

    def _frame(self, number: int) -> Frame:
        frame = self.session.get(Frame, (self.shot.id, number))
        if frame is None:
            frame = Frame(
                shot_id=self.shot.id, frame=number, state=FrameState.PENDING, tries=0, at=self.now
            )
            self.session.add(frame)
        return frame


def _flags(item: wire.FrameDone) -> str:
    flags = ["All pixels are black."] if item.is_black else []
    if item.nan_count:
        flags.append(f"{item.nan_count} pixels are not a number (NaN).")
    return " ".join(flags)
