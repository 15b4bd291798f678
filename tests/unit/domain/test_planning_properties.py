"""What holds for every plan on every farm."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.fit import fits
from brender_farm.domain.planning import Planner, plan
from brender_farm.domain.views import NodeView, ShotView
from tests.unit.domain.random_farms import RandomFarm, farms
from tests.unit.domain.slow_planner import SlowPlanner

MOVES = st.lists(st.one_of(st.none(), st.integers(0, 50)), max_size=30)
"""None: give away a slot. A number: the so-many-th chunk that runs ends."""


class Outcome:
    """A plan, and what it leaves."""

    def __init__(self, farm: RandomFarm) -> None:
        self.farm = farm
        self.shots = {view.id: view for view in farm.shots}
        self.nodes = {view.name: view for view in farm.nodes}
        self.given = plan(farm.shots, farm.nodes, limits=farm.limits)
        taken = Counter(each.node for each in self.given)
        self.free = {view.name: view.free_slots - taken[view.name] for view in farm.nodes}
        self.running = farm.running + [(each.shot_id, each.node) for each in self.given]
        self.busy = Counter(shot_id for shot_id, _ in self.running)

    def used(self, limit: str) -> int:
        return sum(self.busy[view.id] for view in self.farm.shots if limit in view.limits)

    def nodes_of(self, shot: ShotView) -> set[str]:
        return {node for shot_id, node in self.running if shot_id == shot.id}

    def left(self, shot: ShotView) -> dict[str, int]:
        """Return the frames that still wait: lot → how many."""
        left = Counter({lot.key: lot.count for lot in shot.retries})
        left[""] = shot.pending_count - left.total()
        for each in self.given:
            if each.shot_id == shot.id:
                left[each.lot] -= each.frame_count
        return left

    def could_start(self, shot: ShotView) -> bool:
        """Tell whether a frame that waits could go to a slot that is free."""
        limits = self.farm.limits
        if any(self.used(name) >= limits[name] for name in shot.limits if name in limits):
            return False
        on, left = self.nodes_of(shot), self.left(shot)
        free = {
            name
            for name, count in self.free.items()
            if count > 0 and fits(shot, self.nodes[name])
            if shot.max_nodes is None or len(on) < shot.max_nodes or name in on
        }
        anywhere = {name for name in self.nodes if fits(shot, self.nodes[name])}
        return (left[""] > 0 and bool(free)) or any(
            left[lot.key] > 0 and free - (lot.avoid if anywhere - lot.avoid else frozenset())
            for lot in shot.retries
        )


@given(farms())
def test_no_frame_is_given_twice(farm):
    outcome = Outcome(farm)
    assert all(each.frame_count >= 1 for each in outcome.given)
    assert all(count >= 0 for shot in farm.shots for count in outcome.left(shot).values())


@given(farms())
def test_no_slot_is_given_twice(farm):
    outcome = Outcome(farm)
    taken = Counter(each.node for each in outcome.given)
    assert all(taken[view.name] <= max(0, view.free_slots) for view in farm.nodes)


@given(farms())
def test_only_nodes_that_fit_get_a_shot(farm):
    outcome = Outcome(farm)
    assert all(fits(outcome.shots[a.shot_id], outcome.nodes[a.node]) for a in outcome.given)


@given(farms())
def test_no_limit_is_exceeded_by_what_is_given(farm):
    outcome = Outcome(farm)
    for name, slots in farm.limits.items():
        taken = [a for a in outcome.given if name in outcome.shots[a.shot_id].limits]
        assert not taken or outcome.used(name) <= slots


@given(farms())
def test_a_shot_gets_no_more_nodes_than_it_may_have(farm):
    outcome = Outcome(farm)
    for shot in farm.shots:
        before = {node for shot_id, node in farm.running if shot_id == shot.id}
        after = outcome.nodes_of(shot)
        assert shot.max_nodes is None or after == before or len(after) <= shot.max_nodes


@given(farms())
def test_a_frame_that_failed_goes_to_a_node_that_did_not_fail_it_if_one_fits(farm):
    outcome = Outcome(farm)
    for each in outcome.given:
        shot = outcome.shots[each.shot_id]
        avoid = {lot.key: lot.avoid for lot in shot.retries}.get(each.lot, frozenset())
        fitting = {name for name in outcome.nodes if fits(shot, outcome.nodes[name])}
        assert each.node not in avoid or fitting <= avoid


@given(farms())
def test_no_slot_stays_free_that_could_render_something(farm):
    outcome = Outcome(farm)
    assert not [shot.id for shot in farm.shots if outcome.could_start(shot)]


@given(farms())
def test_a_lower_priority_gets_only_what_the_higher_cannot_use(farm):
    outcome = Outcome(farm)
    for waiting in farm.shots:
        unhindered = not waiting.limits and waiting.max_nodes is None
        if unhindered and outcome.left(waiting)[""] > 0:
            for each in outcome.given:
                is_lower = outcome.shots[each.shot_id].priority < waiting.priority
                assert not (is_lower and fits(waiting, outcome.nodes[each.node]))


@given(farms())
def test_the_order_of_the_input_does_not_matter(farm):
    there = plan(farm.shots, farm.nodes, limits=farm.limits)
    back = plan(farm.shots[::-1], farm.nodes[::-1], limits=farm.limits)
    assert there == back


@given(farms(), MOVES)
def test_every_choice_is_the_one_that_the_rules_say(farm, moves):
    """Slots are given and given back in any order; after each move the next choice is compared."""
    quick = Planner(farm.shots, farm.nodes, limits=farm.limits)
    slow = SlowPlanner(farm.shots, farm.nodes, farm.limits)
    running = list(farm.running)
    for move in [*moves, *[None] * 40]:
        if move is None:
            choice = quick.next()
            assert choice == slow.next()
            if choice is not None:
                running.append((choice.shot_id, choice.node))
        elif running:
            shot_id, node = running.pop(move % len(running))
            quick.free(shot_id, node)
            slow.free(shot_id, node)


@given(
    st.dictionaries(st.sampled_from("abcde"), st.sampled_from([0.5, 1.0, 2.0, 5.0]), min_size=1),
    st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 4)), max_size=6),
    st.integers(0, 40),
)
def test_whoever_gets_a_slot_has_no_more_by_weight_than_the_others_would_with_one_more(
    weights, more, slots
):
    """D'Hondt's rule: with equal weights nobody who gets a slot has two more than another."""
    owned = [*((who, 0) for who in weights), *(pair for pair in more if pair[0] in weights)]
    shots = [
        queue(id_, who, weight=weights[who], busy=busy) for id_, (who, busy) in enumerate(owned, 1)
    ]
    before, after = slots_by_submitter(shots, 0), slots_by_submitter(shots, slots)
    for who in weights:
        if after[who] > before[who]:
            assert all(
                after[who] / weights[who] <= (after[other] + 1) / weights[other]
                for other in weights
            )


@given(st.integers(1, 200), st.integers(1, 5), st.integers(1, 5))
def test_twice_the_weight_is_twice_the_slots_within_one(slots, her_shots, his_shots):
    shots = [queue(id_, "ada", weight=2.0) for id_ in range(her_shots)]
    shots += [queue(10 + id_, "bob") for id_ in range(his_shots)]
    given_ = slots_by_submitter(shots, slots)
    assert given_.total() == slots
    assert abs(given_["ada"] - slots * 2 / 3) <= 1


@given(st.lists(st.booleans(), max_size=60))
def test_slots_stay_shared_by_weight_while_they_are_given_and_given_back(ends):
    shots = [queue(1, "ada", weight=2.0), queue(2, "bob")]
    planner = Planner(shots, [wide_node(30)])
    running = Counter(each.shot_id for each in iter(planner.next, None))
    for is_hers in ends:
        ended = 1 if is_hers else 2
        planner.free(ended, "n")
        running[ended] -= 1
        running[planner.next().shot_id] += 1
        assert abs(running[1] - 20) <= 1


def slots_by_submitter(shots: list[ShotView], slots: int) -> Counter[str]:
    """Return what everybody has after this many more slots were given."""
    owner, after = {view.id: view.submitter for view in shots}, Counter()
    for view in shots:
        after[view.submitter] += view.busy_slots
    after.update(owner[each.shot_id] for each in plan(shots, [wide_node(slots)]))
    return after


def wide_node(slots: int) -> NodeView:
    return NodeView(name="n", slots=slots, free_slots=slots, blender_versions=("4.5.15",))


def queue(id_: int, submitter: str, *, busy: int = 0, weight: float = 1.0) -> ShotView:
    return ShotView(
        id=id_,
        priority=50,
        submitter=submitter,
        weight=weight,
        blend=f"/{id_}.blend",
        blend_version="4.5",
        output_dir="/out",
        pending_count=100_000,
        chunk_size=1,
        seconds_per_frame=None,
        busy_slots=busy,
    )
