"""Recording what nodes report. Every message may come twice, late or out of order.

A live chunk's word counts for the frames it holds. A chunk that is over (lost, cancelled)
published its frames while it was live, so a late "done" is accepted for a frame of it that nobody
else has, did, or asked for again since; its failures are not.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from brender_farm import wire
from brender_farm.db.models import Chunk, Frame, Node, Shot
from brender_farm.db.reads.racing import held_by_rivals
from brender_farm.db.reads.reported import reported_chunks, reported_frames, reporting_node
from brender_farm.db.writes.chunks import end_chunk
from brender_farm.db.writes.dependencies import tell_followers
from brender_farm.db.writes.frame_versions import keep_version
from brender_farm.db.writes.frames import new_frame
from brender_farm.db.writes.loose import forget_loose
from brender_farm.db.writes.nodes import stop_accepting
from brender_farm.db.writes.shots import move, roll_up, set_pending, touch
from brender_farm.db.writes.twins import end_if_robbed, settle_race
from brender_farm.db.writes.work import Work, count_work
from brender_farm.domain.frames import Spans, frame_list
from brender_farm.domain.pace import LEARN_EVERY, learnt_speed
from brender_farm.domain.states import (
    ACTIVE_SHOT_STATES,
    LIVE_CHUNK_STATES,
    ChunkState,
    FrameState,
    ShotState,
)
from brender_farm.service.blame import blame_for_failure, clear_blame

PATIENCE = 3
"""How often a node may repeat the end of a chunk before it is believed without the rest."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Recorded:
    """What a report brought about."""

    ended_chunks: list[int] = field(default_factory=list)
    stopped_chunks: dict[int, int] = field(default_factory=dict)
    """Chunks that have nothing left to do though their nodes are at it: id → node's id."""
    shots: dict[int, Shot] = field(default_factory=dict)
    work: defaultdict[tuple[str, int], Work] = field(default_factory=lambda: defaultdict(Work))
    """By submitter and show (0: none)."""
    """What was done for each submitter."""
    done: dict[int, list[int]] = field(default_factory=dict)
    """Frames said to be done: shot's id → numbers."""
    frees_others: bool = False
    """Whether other shots waited for what it tells of, and may go on now."""


def record_report(session: Session, report: wire.Report, *, now: datetime) -> Recorded:
    """Apply a report to the database, inside the caller's `writing()`."""
    recorded = Recorded()
    node = reporting_node(session, report.node)
    chunks = reported_chunks(session, {item.chunk_id for item in report.items})
    frames = reported_frames(session, _frames_told(report, chunks))
    for item in report.items:
        if item.chunk_id not in chunks:
            continue  # its shot was deleted
        chunk, shot = chunks[item.chunk_id]
        if node is None or chunk.node_id != node.id:
            log.warning(
                "A report about another node's chunk was ignored.",
                extra={"node": report.node, "chunk_id": item.chunk_id},
            )
            continue
        work = recorded.work[(shot.submitter, shot.show_id or 0)]
        _Recorder(session, node, chunk, shot, frames, now, work).apply(item, recorded)
        recorded.shots[shot.id] = shot
        if isinstance(item, wire.FrameDone):
            recorded.done.setdefault(shot.id, []).append(item.frame)
    for shot in recorded.shots.values():
        roll_up(session, shot, now=now)
        touch(session, shot)
        told = recorded.done.get(shot.id, ())
        recorded.frees_others |= tell_followers(session, shot, told, now=now)
    for (submitter, show_id), work in recorded.work.items():
        if node is not None and (work.done_count or work.failed_count):
            count_work(
                session,
                node_id=node.id,
                submitter=submitter,
                show_id=show_id,
                work=work,
                now=now,
            )
    return recorded


def _frames_told(
    report: wire.Report, chunks: Mapping[int, tuple[Chunk, Shot]]
) -> set[tuple[int, int]]:
    """Return (shot's id, number) of the frames that a report tells of."""
    return {
        (chunks[item.chunk_id][1].id, item.frame)
        for item in report.items
        if isinstance(item, wire.FrameDone | wire.FrameFailed) and item.chunk_id in chunks
    }


@dataclass(slots=True)
class _Recorder:
    session: Session
    node: Node
    chunk: Chunk
    shot: Shot
    frames: dict[tuple[int, int], Frame]
    """The stored ones, by (shot's id, number), of all frames that the report tells of."""
    now: datetime
    work: Work

    @property
    def is_live(self) -> bool:
        return self.chunk.state in LIVE_CHUNK_STATES

    def apply(self, item: wire.ReportItem, recorded: Recorded) -> None:
        match item:
            case wire.ChunkStarted():
                self._start()
                self._fences_are_up(item.boot)
            case wire.FrameDone():
                recorded.stopped_chunks |= self._frame_done(item)
            case wire.FrameFailed():
                recorded.stopped_chunks |= self._frame_failed(item)
            case wire.ChunkEnded():
                if self._end(item):
                    recorded.ended_chunks.append(item.chunk_id)

    def _start(self) -> None:
        if self.is_live and self.chunk.started_at is None:
            self.chunk.started_at = self.now
            self.chunk.state = ChunkState.RENDERING

    def _fences_are_up(self, boot: str) -> None:
        if self.is_live:
            self.chunk.boot = boot
        if self.chunk.fences:
            forget_loose(self.session, self.chunk.fences)

    def _frame_done(self, item: wire.FrameDone) -> dict[int, int]:
        position = self._position(item.frame)
        if position is None:
            return {}
        frame = self._frame(item.frame)
        if self.chunk.id <= frame.stale_up_to:
            return {}
        was = frame.state
        if self._holds(position):
            self._start()
            self._let_go(position)
            self.chunk.done_count += 1
        elif was is FrameState.DONE or not (
            # It was published, so its rivals in a race may not publish it any more.
            self._is_unowned(position, was) or self._is_held_by_rival(position)
        ):
            return {}
        elif was is not FrameState.FAILED:
            set_pending(self.shot, Spans.decode(self.shot.pending) - Spans.of([position]))
        self.shot.failed_count -= was is FrameState.FAILED
        self.shot.failed_run = 0
        if was is not FrameState.DONE:
            self.shot.done_count += 1
            self.shot.measured_count += 1
            self.shot.render_seconds += item.seconds
            self.work.done_count += 1
            self.work.seconds += item.seconds
            self._learn(item.seconds)
        self._store(frame, item)
        clear_blame(self.shot, self.node)
        stopped = settle_race(self.session, self.shot, self.chunk, position, now=self.now)
        return stopped | self._end_if_robbed()

    def _learn(self, seconds: float) -> None:
        """Count what the frame would have taken on a node of speed 1, and learn the node's own."""
        shot, node = self.shot, self.node
        shot.work_seconds += seconds * node.speed
        shot.work_squared += (seconds * node.speed) ** 2
        if shot.measured_count % LEARN_EVERY == 0:
            usual_s = shot.work_seconds / shot.measured_count
            node.speed = learnt_speed(node.speed, usual_s=usual_s, seconds=seconds)

    def _frame(self, number: int) -> Frame:
        """Return a frame's row, made when it has none yet."""
        key = (self.shot.id, number)
        if key not in self.frames:
            self.frames[key] = new_frame(self.session, self.shot, number, now=self.now)
        return self.frames[key]

    def _position(self, number: int) -> int | None:
        """Return where a frame of this chunk stands in the shot; None for any other frame."""
        if frame_list(self.chunk.frames).position(number) is None:
            return None
        return frame_list(self.shot.frames).position(number)

    def _holds(self, position: int) -> bool:
        """Whether the chunk has the lease of this frame now."""
        return self.is_live and position in Spans.decode(self.chunk.spans)

    def _is_held_by_rival(self, position: int) -> bool:
        return position in held_by_rivals(self.session, self.chunk, self.shot)

    def _end_if_robbed(self) -> dict[int, int]:
        is_over = self.is_live and end_if_robbed(self.session, self.shot, self.chunk, now=self.now)
        return {self.chunk.id: self.chunk.node_id} if is_over else {}

    def _is_unowned(self, position: int, was: FrameState) -> bool:
        return was is FrameState.FAILED or position in Spans.decode(self.shot.pending)

    def _store(self, frame: Frame, item: wire.FrameDone) -> None:
        keep_version(self.session, frame, item.digest, now=self.now)
        frame.state = FrameState.DONE
        frame.chunk_id = self.chunk.id
        frame.seconds = item.seconds
        frame.byte_count = item.byte_count
        frame.digest = item.digest
        frame.peak_bytes = item.peak_bytes or None
        frame.reason = _flags(item)
        frame.files = [wire.write(file) for file in item.files]
        frame.log_tail = ""
        frame.at = self.now

    def _frame_failed(self, item: wire.FrameFailed) -> dict[int, int]:
        position = self._position(item.frame)
        if position is None or not self._holds(position):
            return {}
        self._start()
        frame = self._frame(item.frame)
        self._let_go(position)
        self.chunk.failed_count += 1
        self.work.failed_count += 1
        frame.reason, frame.at, frame.log_tail = item.reason, self.now, item.tail
        if frame.state is not FrameState.DONE:  # the proven file is still in its place
            frame.chunk_id = self.chunk.id
            blame_for_failure(
                self.session,
                self.shot,
                self.node,
                frame,
                position,
                item,
                is_held=self._is_held_by_rival(position),
                now=self.now,
            )
        return self._end_if_robbed()

    def _let_go(self, position: int) -> None:
        self.chunk.spans = (Spans.decode(self.chunk.spans) - Spans.of([position])).encode()

    def _end(self, item: wire.ChunkEnded) -> bool:
        """End the chunk; False: reports of it are missing, which the node will send again."""
        if not self.is_live:
            forget_loose(self.session, [self.chunk.id])  # its last word
            return True
        heard = self.chunk.done_count + self.chunk.failed_count
        if heard < item.reported_count and item.resent < PATIENCE:
            return False
        unfinished = bool(self.chunk.spans)
        if item.opened_scene is not None:
            self.shot.ended_chunks += 1
            self.shot.opened_scenes += item.opened_scene
        if item.returned and unfinished and not self.chunk.ending:
            stop_accepting(self.session, self.chunk.node_id)  # until it says what is the matter
        if unfinished and (item.returned or not self.chunk.failed_count):
            state = ChunkState.RETURNED
        else:
            state = ChunkState.FAILED if self.chunk.failed_count else ChunkState.DONE
        end_chunk(
            self.session,
            self.chunk,
            self.shot,
            state,
            now=self.now,
            reason=item.reason,
            by_node=True,
        )
        if item.blend_changed and not self.chunk.ending:  # then somebody has dealt with it
            self._pause_for_new_blend(item.reason)
        return True

    def _pause_for_new_blend(self, reason: str) -> None:
        self.shot.blend_changed = True
        if self.shot.state in ACTIVE_SHOT_STATES:
            move(
                self.session, self.shot, ShotState.PAUSED, now=self.now, actor="farm", reason=reason
            )


def _flags(item: wire.FrameDone) -> str:
    flags = ["All pixels are black."] if item.is_black else []
    if item.nan_count:
        flags.append(f"{item.nan_count} pixels are not a number (NaN).")
    return " ".join(flags)
