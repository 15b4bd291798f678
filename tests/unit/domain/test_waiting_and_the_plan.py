"""The reasons agree with the planner: who got nothing has one, who still could none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from brender_farm.domain.case import Case, Health, LimitUse
from brender_farm.domain.contest import has_free_slot, rooms_for
from brender_farm.domain.fit import fits
from brender_farm.domain.idle import Queue, Tally
from brender_farm.domain.planning import plan
from brender_farm.domain.reasons import ReasonKind
from brender_farm.domain.views import Assignment, Needs, NodeView, RetryLot, ShotView
from brender_farm.domain.waiting import why_waiting
from tests.unit.domain.why_cases import case, running, shot

NAMES = "abcde"
FAILED_ON = st.frozensets(st.sampled_from(NAMES), min_size=1, max_size=2)
TAGS = st.frozensets(st.sampled_from(["gpu", "big"]), max_size=1)
LIMITS = ("nuke", "net")
CAPACITY = {
    ReasonKind.LIMIT,
    ReasonKind.MAX_NODES,
    ReasonKind.PRIORITY,
    ReasonKind.SHARE,
    ReasonKind.BUSY,
}


@st.composite
def shot_views(draw: st.DrawFn) -> list[ShotView]:
    views = []
    for id_ in range(1, draw(st.integers(1, 6)) + 1):
        lots = [
            RetryLot(key=",".join(sorted(avoid)), avoid=avoid, count=draw(st.integers(1, 2)))
            for avoid in draw(st.sets(FAILED_ON, max_size=2))
        ]
        retried = sum(lot.count for lot in lots)
        views.append(
            shot(
                id_,
                priority=draw(st.sampled_from([20, 50, 80])),
                submitter=draw(st.sampled_from(["ada", "bob"])),
                blend_version=draw(st.sampled_from(["4.2", "4.2", "4.5"])),
                output_dir=draw(st.sampled_from(["/out", "/full"])),
                pending_count=retried + draw(st.integers(0, 5)),
                retries=tuple(lots),
                banned=draw(st.one_of(st.just(frozenset()), FAILED_ON)),
                needs=Needs(
                    tags=draw(st.one_of(st.just(frozenset()), TAGS)),
                    memory_bytes=draw(st.sampled_from([0, 0, 32])),
                    pool=draw(st.sampled_from(["", "", "film"])),
                    device=draw(st.sampled_from(["", "", "gpu"])),
                ),
                max_nodes=draw(st.sampled_from([None, None, 1, 2])),
                limits=draw(st.frozensets(st.sampled_from(LIMITS), max_size=1)),
                chunk_size=draw(st.integers(1, 3)),
            )
        )
    return views


NODES = st.lists(
    st.builds(
        NodeView,
        name=st.sampled_from(NAMES),
        slots=st.just(3),
        free_slots=st.integers(0, 3),
        blender_versions=st.sampled_from([("4.2",), ("4.2", "4.5"), ("4.2", "4.5"), ()]),
        unwell=st.sampled_from([frozenset(), frozenset({"/full"})]),
        tags=TAGS,
        memory_bytes=st.sampled_from([8, 64]),
        pool=st.sampled_from(["", "", "film"]),
        has_gpu=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda view: view.name,
)
SLOTS = st.fixed_dictionaries({}, optional={name: st.integers(0, 3) for name in LIMITS})


class Farm:
    """A farm whose busy slots belong to its shots, before and after a plan."""

    def __init__(
        self, shots: list[ShotView], nodes: list[NodeView], limits: dict[str, int]
    ) -> None:
        self.limits = limits
        self.held = Counter(
            (shots[at % len(shots)].id, node.name)
            for node in nodes
            for at in range(node.slots - node.free_slots)
        )
        before = [self._with_slots(view) for view in shots]
        self.given = plan(before, nodes, limits=limits)
        self.held.update((each.shot_id, each.node) for each in self.given)
        self.shots = [self._after(self._with_slots(view)) for view in shots]
        used = Counter(each.node for each in self.given)
        self.nodes = [replace(view, free_slots=view.free_slots - used[view.name]) for view in nodes]

    def case_of(self, view: ShotView) -> Case:
        uses = [self._use(name) for name in sorted(view.limits) if name in self.limits]
        chunks = [running(id_, on) for (id_, on), n in self.held.items() for _ in range(n)]
        return case(view, nodes=self.nodes, limits=uses, running=chunks)

    def has_all_that_fits(self, view: ShotView) -> bool:
        rooms = rooms_for(view, [node for node in self.nodes if fits(view, node)])
        own = sum(self.held[view.id, node.name] for node in rooms)
        return bool(rooms) and own == sum(node.slots for node in rooms)

    def could_start(self, view: ShotView) -> bool:
        fitting = [node for node in self.nodes if fits(view, node)]
        full = any(use.used >= use.slots for use in self.case_of(view).limits)
        return not full and has_free_slot(view, rooms_for(view, fitting))

    def queue(self) -> Queue:
        limits = {name: self._use(name) for name in self.limits}
        return Queue(self.shots, limits=limits, tally=Tally(active=9), health=Health())

    def _use(self, name: str) -> LimitUse:
        users = {view.id for view in self.shots if name in view.limits}
        used = sum(n for (id_, _), n in self.held.items() if id_ in users)
        return LimitUse(name=name, slots=self.limits[name], used=used, by=tuple(sorted(users)))

    def _with_slots(self, view: ShotView) -> ShotView:
        on = [name for (id_, name), n in self.held.items() if id_ == view.id for _ in range(n)]
        return replace(view, busy_slots=len(on), on_nodes=type(view.on_nodes)(on))

    def _after(self, view: ShotView) -> ShotView:
        mine = [each for each in self.given if each.shot_id == view.id]
        lots = tuple(replace(lot, count=lot.count - _of(mine, lot.key)) for lot in view.retries)
        left = view.pending_count - sum(each.frame_count for each in mine)
        return replace(
            view, pending_count=left, retries=tuple(lot for lot in lots if lot.count > 0)
        )


def _of(given_: list[Assignment], lot: str) -> int:
    return sum(each.frame_count for each in given_ if each.lot == lot)


FARMS = st.builds(Farm, shot_views(), NODES, SLOTS)


@settings(max_examples=200)
@given(FARMS)
def test_a_shot_that_got_less_than_it_could_use_has_a_reason(farm):
    for view in farm.shots:
        if view.pending_count > 0 and not farm.has_all_that_fits(view):
            reasons = why_waiting(farm.case_of(view))
            assert reasons
            assert not reasons[0].is_partial


@settings(max_examples=200)
@given(FARMS)
def test_a_shot_that_could_have_a_slot_still_is_told_of_no_others(farm):
    for view in farm.shots:
        if farm.could_start(view):
            kinds = {reason.kind for reason in why_waiting(farm.case_of(view))}
            assert not kinds & CAPACITY


@given(FARMS)
def test_the_plan_leaves_no_slot_to_which_no_reason_applies(farm):
    """What `has_free_slot` calls possible the planner has given: the two do not drift apart."""
    assert not any(farm.could_start(view) for view in farm.shots if view.pending_count > 0)


@given(FARMS)
def test_every_sentence_is_whole(farm):
    for view in farm.shots:
        for reason in why_waiting(farm.case_of(view)):
            assert reason.text.endswith(".")
            assert "  " not in reason.sentence
            assert " ." not in reason.sentence
            assert reason.text[0].isupper() or reason.text[0].isdecimal() or reason.nodes


@settings(max_examples=200)
@given(FARMS)
def test_a_slot_that_stays_idle_has_a_reason(farm):
    queue = farm.queue()
    for node in farm.nodes:
        if node.free_slots > 0:
            assert queue.why_idle(node)


@given(FARMS)
def test_nodes_that_are_alike_are_answered_as_if_each_were_asked_alone(farm):
    queue = farm.queue()
    for node in farm.nodes:
        assert queue.why_idle(node) == farm.queue().why_idle(node)
