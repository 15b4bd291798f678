"""Whatever happens to the messages, every frame is in exactly one place and every sum is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from brender_farm import wire
from brender_farm.db.core import db, reading, writing
from brender_farm.db.models import Chunk, Frame, Node, Shot
from brender_farm.db.writes.chunks import cut_chunk, end_chunk, live_chunks_of
from brender_farm.db.writes.shots import roll_up, tally_of
from brender_farm.db.writes.twins import cut_twin
from brender_farm.domain.frames import FrameList, Spans, frame_list
from brender_farm.domain.retries import lots_of
from brender_farm.domain.rollup import shot_state
from brender_farm.domain.states import (
    ACTIVE_SHOT_STATES,
    LIVE_CHUNK_STATES,
    ChunkState,
    FrameState,
    ShotState,
    shot_actions,
)
from brender_farm.service.recording import record_report
from brender_farm.service.shot_actions import perform, rerender
from tests.integration.service.core_farm import CoreFarm, done, ended, failed, started

FRAMES = FrameList.parse("10-40x10,7,1-3")

OUTCOMES: dict[str, Callable[[int, int], list[wire.ReportItem]]] = {
    "done": lambda chunk, frame: [done(chunk, frame)],
    "failed": lambda chunk, frame: [failed(chunk, frame)],
    "hopeless": lambda chunk, frame: [failed(chunk, frame, permanent=True)],
    "skipped": lambda chunk, frame: [],
    "failed then done": lambda chunk, frame: [failed(chunk, frame), done(chunk, frame)],
}

number = st.integers(0, 30)
STEPS = st.one_of(
    st.tuples(
        st.just("cut"),
        st.lists(st.sampled_from(sorted(OUTCOMES)), min_size=1, max_size=4),
        st.booleans(),
    ),
    st.tuples(
        st.just("race"),
        number,
        st.lists(st.sampled_from(sorted(OUTCOMES)), min_size=1, max_size=4),
        st.booleans(),
    ),
    st.tuples(st.just("deliver"), st.lists(number, min_size=1, max_size=4), st.booleans()),
    st.tuples(st.just("drop"), number),
    st.tuples(st.just("lose"), number),
    st.tuples(st.just("act"), number),
    st.tuples(st.just("ask_again"), number),
)


@settings(
    max_examples=settings.default.max_examples // 2,
    # Every example has a shot of its own; the farm around it may stay.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, min_size=5, max_size=30))
def test_no_order_of_messages_loses_or_doubles_a_frame(farm, steps):
    world = World.around_a_new_shot(farm)
    for name, *arguments in steps:
        getattr(world, name)(*arguments)
        world.look()
    world.bring_to_an_end()
    world.look()


_FOUR = st.lists(st.sampled_from(sorted(OUTCOMES)), min_size=4, max_size=4)
ENDS = st.one_of(
    st.tuples(st.just("deliver"), st.lists(number, min_size=1, max_size=2), st.booleans()),
    st.tuples(st.just("deliver"), st.lists(number, min_size=1, max_size=4), st.just(value=False)),
    st.tuples(st.just("lose"), number),
    st.tuples(st.just("ask_again"), number),
)


@settings(
    max_examples=settings.default.max_examples // 2,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(one=_FOUR, other=_FOUR, is_first=st.booleans(), steps=st.lists(ENDS, min_size=6))
def test_no_order_of_messages_of_two_in_a_race_loses_or_doubles_a_frame(
    farm, one, other, is_first, steps
):
    world = World.around_a_new_shot(farm)
    world.cut(one, returned=False)
    world.race(0, other, is_first)
    for name, *arguments in steps:
        getattr(world, name)(*arguments)
        world.look()
    world.bring_to_an_end()
    world.look()


@dataclass
class World:
    """One shot, the messages that its nodes have sent and the farm has not got, and the truth."""

    farm: CoreFarm
    shot_id: int
    node_ids: list[int]
    asked_again_at: dict[int, int] = field(default_factory=dict)
    """Frames that are to be rendered again: the newest chunk when they were asked for."""
    mail: list[wire.ReportItem] = field(default_factory=list)
    seen_done: set[int] = field(default_factory=set)
    published: dict[tuple[int, int], int] = field(default_factory=dict)
    """Race and frame: the chunk that claimed it and published."""

    @classmethod
    def around_a_new_shot(cls, farm: CoreFarm) -> World:
        if not farm.node_names():
            farm.join("atlas")
            farm.join("bora")
        shot_id = farm.submit(frames=str(FRAMES), race=True).shot.id
        with reading() as session:
            return cls(farm, shot_id, list(session.scalars(select(Node.id).order_by(Node.name))))

    def cut(self, outcomes: list[str], returned: bool) -> None:
        """Give the next frames to a node; all that it will say of them is in the mail."""
        with writing() as session:
            shot = self._shot(session)
            if shot.state not in ACTIVE_SHOT_STATES or not shot.pending_count:
                return
            chunk = self._cut(session, shot, len(outcomes), self.node_ids[returned])
            roll_up(session, shot, now=self.farm.now)
            self._write_home(chunk, outcomes, returned)

    def race(self, index: int, outcomes: list[str], is_first: bool) -> None:
        """Give what is left of a live chunk to another node too.

        `is_first`: its frames are published before the original's that are still to be told of.
        """
        with writing() as session:
            shot, live = self._shot(session), live_chunks_of(session, self.shot_id)
            raced = {chunk.twin_of for chunk in live}
            alone = [c for c in live if c.twin_of is None and c.id not in raced and c.spans]
            if not alone:
                return
            original = alone[index % len(alone)]
            twin = cut_twin(
                session,
                shot,
                original,
                node_id=next(n for n in self.node_ids if n != original.node_id),
                frame_count=len(outcomes),
                now=self.farm.now,
            )
            session.flush()
            if is_first:
                self._rob(original, twin)
            self._write_home(twin, outcomes, returned=False)

    def _rob(self, original: Chunk, twin: Chunk) -> None:
        """Refuse the original all frames of its twin that it has not told to be done."""
        common = frame_list(twin.frames)
        for item in list(self.mail):
            is_done = isinstance(item, wire.FrameDone) and item.chunk_id == original.id
            if is_done and common.position(item.frame) is not None:
                self.mail.remove(item)
                self.published.pop((original.id, item.frame), None)

    def _write_home(self, chunk: Chunk, outcomes: list[str], returned: bool) -> None:
        """Put all in the mail that a node will say of a chunk."""
        self.mail.append(started(chunk.id))
        for frame, outcome in zip(FrameList.parse(chunk.frames), outcomes, strict=False):
            for item in OUTCOMES[outcome](chunk.id, frame):
                if isinstance(item, wire.FrameDone) and not self._claims(chunk, frame):
                    continue
                self.mail.append(item)
        told = {item.frame for item in self.mail if _tells_of_a_frame(item, chunk.id)}
        self.mail.append(ended(chunk.id, returned=returned, reported=len(told)))

    def _claims(self, chunk: Chunk, frame: int) -> bool:
        """Publish a frame, unless the other of its race has."""
        race = chunk.twin_of or chunk.id
        return self.published.setdefault((race, frame), chunk.id) == chunk.id

    def _cut(self, session: Session, shot: Shot, count: int, node_id: int) -> Chunk:
        """Cut a chunk of frames that failed before, or if there is none of the others."""
        lot = next((lot.key for lot in lots_of(shot.retries)), "")
        chunk = cut_chunk(
            session, shot, node_id=node_id, frame_count=count, now=self.farm.now, lot=lot
        )
        session.flush()
        return chunk

    def ask_again(self, index: int) -> None:
        """Ask for a frame once more, whatever has become of it."""
        position = index % len(FRAMES)
        with writing() as session:
            shot = self._shot(session)
            if shot.state is ShotState.CANCELLED:
                return
            newest = session.scalar(select(func.max(Chunk.id))) or 0
            if rerender(
                session,
                shot,
                Spans.of([position]),
                actor="mira",
                reason="",
                now=self.farm.now,
            ):
                self.asked_again_at[FRAMES[position]] = newest
                self.seen_done.discard(FRAMES[position])

    def deliver(self, numbers: list[int], again: bool) -> None:
        """Deliver messages from anywhere in the mail; `again`: they will come once more."""
        items = []
        for index in numbers:
            if self.mail:
                at = index % len(self.mail)
                items.append(self.mail[at] if again else self.mail.pop(at))
        if items:
            self.farm.report(*items)

    def drop(self, index: int) -> None:
        if self.mail:
            self.mail.pop(index % len(self.mail))

    def lose(self, index: int) -> None:
        with writing() as session:
            shot, live = self._shot(session), live_chunks_of(session, self.shot_id)
            if live:
                chunk = live[index % len(live)]
                end_chunk(session, chunk, shot, ChunkState.LOST, now=self.farm.now, reason="Gone.")
                roll_up(session, shot, now=self.farm.now)

    def act(self, index: int) -> None:
        with writing() as session:
            shot = self._shot(session)
            actions = shot_actions(shot.state)
            if actions:
                action = actions[index % len(actions)]
                perform(session, shot, action, actor="mira", reason="", now=self.farm.now)

    def bring_to_an_end(self) -> None:
        """Whatever happened, a farm in order finishes the shot."""
        with writing() as session:
            shot = self._shot(session)
            for chunk in live_chunks_of(session, self.shot_id):
                end_chunk(session, chunk, shot, ChunkState.LOST, now=self.farm.now, reason="Gone.")
            roll_up(session, shot, now=self.farm.now)
            for action in ("resume", "retry"):
                if action in shot_actions(shot.state):
                    perform(session, shot, action, actor="mira", reason="", now=self.farm.now)
            while shot.pending_count:
                chunk = self._cut(session, shot, 99, self.node_ids[0])
                items = [done(chunk.id, frame) for frame in FrameList.parse(chunk.frames)]
                report = wire.Report(node="atlas", items=[*items, ended(chunk.id)])
                record_report(session, report, now=self.farm.now)
        with reading() as session:
            shot = self._shot(session)
            assert shot.state in (ShotState.COMPLETED, ShotState.FAILED)
            assert shot.done_count + shot.failed_count == len(FRAMES)

    def look(self) -> None:
        """Compare what is stored in different places with each other."""
        db.session.expire_all()
        with reading() as session:
            shot = self._shot(session)
            chunks = list(session.scalars(select(Chunk).where(Chunk.shot_id == self.shot_id)))
            frames = list(session.scalars(select(Frame).where(Frame.shot_id == self.shot_id)))
            places = self._places(shot, chunks, frames)
            assert Counter(place for spans in places for place in spans) == Counter(
                range(len(FRAMES))
            )
            self._compare_counts(shot, frames)
            self._compare_publishers(chunks, frames)
            assert shot.state is shot_state(shot.state, tally_of(shot))
            for chunk in chunks:
                assert chunk.state in LIVE_CHUNK_STATES or not chunk.spans
                assert chunk.done_count + chunk.failed_count <= chunk.frame_count

    def _places(self, shot: Shot, chunks: list[Chunk], frames: list[Frame]) -> list[list[int]]:
        """Return the positions that are pending, on each node, done and given up."""
        over = [
            FRAMES.position(frame.frame)
            for frame in frames
            if frame.state in (FrameState.DONE, FrameState.FAILED)
        ]
        return [
            list(Spans.decode(shot.pending)),
            *(_held_in(race, chunks) for race in {_race_of(chunk) for chunk in chunks}),
            over,
        ]

    def _compare_publishers(self, chunks: list[Chunk], frames: list[Frame]) -> None:
        """What is recorded is what the chunk published that was first in its race."""
        races = {chunk.id: _race_of(chunk) for chunk in chunks}
        for frame in frames:
            if frame.state is FrameState.DONE:
                claimed = self.published.get((races[frame.chunk_id], frame.frame))
                assert claimed in (frame.chunk_id, None)

    def _compare_counts(self, shot: Shot, frames: list[Frame]) -> None:
        finished = {frame.frame for frame in frames if frame.state is FrameState.DONE}
        for frame in frames:
            if frame.state is FrameState.DONE:
                assert frame.chunk_id > self.asked_again_at.get(frame.frame, 0)
        for lot in lots_of(shot.retries):
            assert not lot.positions - Spans.decode(shot.pending)
        assert self.seen_done <= finished, "a frame that was done is done no more"
        self.seen_done = finished
        gave_up = sum(frame.state is FrameState.FAILED for frame in frames)
        assert (shot.done_count, shot.failed_count) == (len(finished), gave_up)
        assert shot.pending_count == len(Spans.decode(shot.pending))
        assert shot.measured_count == len(finished)
        assert shot.render_seconds == 2.0 * len(finished)

    def _shot(self, session: Session) -> Shot:
        return session.get_one(Shot, self.shot_id)


def _race_of(chunk: Chunk) -> int:
    return chunk.twin_of or chunk.id


def _held_in(race: int, chunks: list[Chunk]) -> list[int]:
    """Return the positions that the chunks of a race have, together."""
    held = Spans()
    for chunk in chunks:
        if _race_of(chunk) == race:
            held |= Spans.decode(chunk.spans)
    return list(held)


def _tells_of_a_frame(item: wire.ReportItem, chunk_id: int) -> bool:
    return item.chunk_id == chunk_id and isinstance(item, wire.FrameDone | wire.FrameFailed)
