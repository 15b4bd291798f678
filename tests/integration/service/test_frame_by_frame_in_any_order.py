"""Whatever happens to two shots, the one that comes after them frame by frame never overtakes."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm import wire
from brender_farm.db.core import db, reading, writing
from brender_farm.db.models import Chunk, Frame, Node, Shot
from brender_farm.db.reads.dependencies import waits_of
from brender_farm.db.writes.chunks import cut_chunk, end_chunk, live_chunks_of
from brender_farm.db.writes.shots import roll_up, tally_of
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

SIM, MATTE, COMP = "1-6", "9-4", "2,1,4-10"

which = st.sampled_from(["sim", "matte", "comp"])
number = st.integers(0, 30)
STEPS = st.one_of(
    st.tuples(st.just("cut"), which, st.integers(1, 4), st.booleans()),
    st.tuples(st.just("finish"), which, number, st.integers(1, 4)),
    st.tuples(st.just("fail"), which, number, st.booleans()),
    st.tuples(st.just("lose"), which, number),
    st.tuples(st.just("ask_again"), which, number),
    st.tuples(st.just("act"), which, number),
)


@settings(
    max_examples=settings.default.max_examples // 2,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, min_size=15, max_size=40))
def test_no_frame_overtakes_the_one_it_comes_after_and_none_is_held_for_ever(farm, steps):
    world = World.with_new_shots(farm)
    for name, *arguments in steps:
        getattr(world, name)(*arguments)
        world.look()
    world.bring_to_an_end()


@dataclass
class World:
    farm: CoreFarm
    shot_ids: dict[str, int]
    node_ids: list[int]

    @classmethod
    def with_new_shots(cls, farm: CoreFarm) -> World:
        if not farm.node_names():
            farm.join("atlas")
            farm.join("bora")
        sim, matte = farm.submit(frames=SIM).shot.id, farm.submit(frames=MATTE).shot.id
        comp = farm.submit(frames=COMP, after_frames=[sim, matte]).shot.id
        with reading() as session:
            node_ids = list(session.scalars(select(Node.id).order_by(Node.name)))
        return cls(farm, {"sim": sim, "matte": matte, "comp": comp}, node_ids)

    def cut(self, which: str, count: int, other_node: bool) -> None:
        with writing() as session:
            shot = self._shot(session, which)
            if shot.state in ACTIVE_SHOT_STATES and shot.pending_count > shot.held_count:
                self._cut(session, shot, count, self.node_ids[other_node])

    def _cut(self, session: Session, shot: Shot, count: int, node_id: int) -> Chunk:
        lot = next((lot.key for lot in lots_of(shot.retries)), "")
        chunk = cut_chunk(
            session, shot, node_id=node_id, frame_count=count, now=self.farm.now, lot=lot
        )
        roll_up(session, shot, now=self.farm.now)
        session.flush()
        taken = set(FrameList.parse(chunk.frames))
        assert taken
        if shot.id == self.shot_ids["comp"]:
            assert not taken & self._missing(session), "a frame has overtaken the one before it"
        return chunk

    def finish(self, which: str, index: int, count: int) -> None:
        """Let a node report frames of a chunk, and its end when those were the last."""
        chunk = self._live_or_new(which, index)
        if chunk is not None:
            left = self._left(chunk)
            items = [started(chunk.id), *(done(chunk.id, frame) for frame in left[:count])]
            self.farm.report(*items, *([ended(chunk.id)] if count >= len(left) else []))

    def fail(self, which: str, index: int, permanent: bool) -> None:
        chunk = self._live_or_new(which, index)
        if chunk is not None:
            self.farm.report(failed(chunk.id, self._left(chunk)[0], permanent=permanent))

    def lose(self, which: str, index: int) -> None:
        chunk = self._live(which, index)
        if chunk is not None:
            with writing() as session:
                held = session.get_one(Chunk, chunk.id)
                shot = self._shot(session, which)
                end_chunk(session, held, shot, ChunkState.LOST, now=self.farm.now, reason="Gone.")
                roll_up(session, shot, now=self.farm.now)

    def ask_again(self, which: str, index: int) -> None:
        with writing() as session:
            shot = self._shot(session, which)
            if shot.state is not ShotState.CANCELLED:
                place = Spans.of([index % shot.frame_count])
                rerender(session, shot, place, actor="mira", reason="", now=self.farm.now)

    def act(self, which: str, index: int) -> None:
        with writing() as session:
            shot = self._shot(session, which)
            actions = [action for action in shot_actions(shot.state) if action != "start"]
            if actions:
                action = actions[index % len(actions)]
                perform(session, shot, action, actor="mira", reason="", now=self.farm.now)

    def bring_to_an_end(self) -> None:
        """A farm in order finishes the two, and then nothing holds the third."""
        for which in ("sim", "matte"):
            self._finish_all(which)
            self.look()
        with reading() as session:
            assert self._shot(session, "comp").held == ""
            assert waits_of(session, self._shot(session, "comp")) == []
        self._finish_all("comp")

    def _finish_all(self, which: str) -> None:
        with writing() as session:
            shot = self._shot(session, which)
            for chunk in live_chunks_of(session, shot.id):
                end_chunk(session, chunk, shot, ChunkState.LOST, now=self.farm.now, reason="Gone.")
            roll_up(session, shot, now=self.farm.now)
            while shot.state is not ShotState.COMPLETED:
                for action in ("resume", "retry"):
                    if action in shot_actions(shot.state):
                        perform(session, shot, action, actor="mira", reason="", now=self.farm.now)
                chunk = self._cut(session, shot, 99, self.node_ids[0])
                items = [done(chunk.id, frame) for frame in FrameList.parse(chunk.frames)]
                report = wire.Report(node="atlas", items=[*items, ended(chunk.id)])
                record_report(session, report, now=self.farm.now)

    def look(self) -> None:
        db.session.expire_all()
        with reading() as session:
            for which in self.shot_ids:
                shot = self._shot(session, which)
                assert shot.state is shot_state(shot.state, tally_of(shot))
                self._compare_line(session, shot)
            comp = self._shot(session, "comp")
            order, missing = frame_list(comp.frames), self._missing(session)
            waiting = {p for p in Spans.decode(comp.pending) if order[p] in missing}
            assert set(Spans.decode(comp.held)) == waiting
            assert bool(waits_of(session, comp)) == bool(waiting)

    def _compare_line(self, session: Session, shot: Shot) -> None:
        """Every frame that failed and is free to go keeps away from where it did."""
        order, free = frame_list(shot.frames), Spans.decode(shot.pending) - Spans.decode(shot.held)
        assert shot.held_count == len(Spans.decode(shot.held))
        to_avoid = {
            order.position(frame.frame): frozenset(frame.failed_on)
            for frame in session.scalars(select(Frame).where(Frame.shot_id == shot.id))
            if frame.failed_on and frame.state is FrameState.PENDING
        }
        avoided = {p: lot.avoid for lot in lots_of(shot.retries) for p in lot.positions}
        assert avoided == {p: nodes for p, nodes in to_avoid.items() if p in free}

    def _missing(self, session: Session) -> set[int]:
        """Return the frames of the two that are not done."""
        missing = set()
        for which in ("sim", "matte"):
            shot = self._shot(session, which)
            done_frames = select(Frame.frame).where(
                Frame.shot_id == shot.id, Frame.state == FrameState.DONE
            )
            missing |= set(frame_list(shot.frames)) - set(session.scalars(done_frames))
        return missing

    def _live_or_new(self, which: str, index: int) -> Chunk | None:
        if self._live(which, index) is None:
            self.cut(which, 1 + index % 4, other_node=bool(index % 2))
        return self._live(which, index)

    def _live(self, which: str, index: int) -> Chunk | None:
        with reading() as session:
            wanted = select(Chunk).where(
                Chunk.shot_id == self.shot_ids[which],
                Chunk.state.in_(LIVE_CHUNK_STATES),
                Chunk.spans != "",
            )
            live = list(session.scalars(wanted.order_by(Chunk.id)))
            session.expunge_all()
            return live[index % len(live)] if live else None

    def _left(self, chunk: Chunk) -> list[int]:
        with reading() as session:
            order = frame_list(session.get_one(Shot, chunk.shot_id).frames)
            return list(order.at(Spans.decode(chunk.spans)))

    def _shot(self, session: Session, which: str) -> Shot:
        return session.get_one(Shot, self.shot_ids[which])
