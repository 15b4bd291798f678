from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.ahead import Running, ShotAhead
from brender_farm.domain.forecast import UNKNOWN, factors, forecast
from brender_farm.domain.views import NodeView, ShotView

KNOWN = {"seconds_per_frame": 2.0, "seconds_spread": 0.2, "measured_count": 10}


def view(id_: int = 1, **changes: object) -> ShotView:
    known = {
        "priority": 50,
        "submitter": "ada",
        "blend": f"/{id_}.blend",
        "blend_version": "4.5",
        "pending_count": 100,
        "chunk_size": None,
        "busy_slots": 0,
        "output_dir": "/out",
    }
    return ShotView(id=id_, **{**known, **KNOWN, **changes})


def ahead(
    id_: int = 1,
    *,
    after: tuple[int, ...] = (),
    beside: tuple[int, ...] = (),
    opens_s: float = 0.0,
    is_stopped: bool = False,
    **changes: object,
) -> ShotAhead:
    return ShotAhead(
        view=view(id_, **changes),
        after=frozenset(after),
        beside=frozenset(beside),
        opens_s=opens_s,
        is_stopped=is_stopped,
    )


def node(name: str = "a", slots: int = 1, *, free: int | None = None, speed: float = 1.0):
    return NodeView(
        name=name,
        slots=slots,
        free_slots=slots if free is None else free,
        blender_versions=("4.5",),
        speed=speed,
    )


def ends(*shots: ShotAhead, nodes=None, **rest) -> dict[int, float]:
    told = forecast(shots, nodes or [node()], **rest)
    return {shot_id: round(left.s, 3) for shot_id, left in told.shots.items()}


def test_one_shot_on_one_slot_takes_its_frames_one_after_the_other():
    assert ends(ahead()) == {1: 200.0}


@pytest.mark.parametrize("frames", [1, 2, 7, 40, 999])
def test_a_shot_is_told_exactly_however_many_frames_it_has(frames):
    assert ends(ahead(pending_count=frames)) == {1: 2.0 * frames}


def test_a_fast_node_takes_less():
    assert ends(ahead(), nodes=[node(speed=4.0)]) == {1: 50.0}


@pytest.mark.parametrize(
    ("frames", "seconds"),
    [pytest.param(8, 2.0, id="one-each"), pytest.param(9, 4.0, id="one-more")],
)
def test_frames_are_not_cut_in_two(frames, seconds):
    assert ends(ahead(pending_count=frames), nodes=[node(slots=8)]) == {1: seconds}


def test_a_chunk_of_fixed_size_stays_on_its_slot():
    assert ends(ahead(chunk_size=100), nodes=[node(slots=8)]) == {1: 200.0}


def test_two_equal_shots_share_the_slots():
    found = ends(ahead(1), ahead(2, submitter="bob"), nodes=[node(slots=2)])
    assert found == {1: 200.0, 2: 200.0}


def test_when_one_shot_is_done_the_other_gets_its_slots():
    found = ends(ahead(1, pending_count=50), ahead(2), nodes=[node(slots=2)])
    assert found == pytest.approx({1: 100.0, 2: 150.0}, abs=2)


def test_a_higher_priority_is_done_first():
    assert ends(ahead(1), ahead(2, priority=90)) == {1: 400.0, 2: 200.0}


def test_a_farm_wide_limit_holds():
    shots = [ahead(1, limits=frozenset({"sim"})), ahead(2, limits=frozenset({"sim"}))]
    found = ends(*shots, nodes=[node(slots=4)], limits={"sim": 1})
    assert max(found.values()) == pytest.approx(400.0)


def test_a_shot_that_comes_after_another_starts_when_that_is_done():
    assert ends(ahead(1), ahead(2, after=(1,), priority=90)) == {1: 200.0, 2: 400.0}


def test_a_shot_that_follows_frame_by_frame_does_not_end_before_the_other():
    found = ends(ahead(1), ahead(2, beside=(1,), pending_count=1), nodes=[node(slots=2)])
    assert found[2] == found[1] > 90


def test_a_long_row_of_shots_that_follow_each_other_is_played_as_well():
    shots = [ahead(n, beside=(n - 1,) if n > 1 else (), pending_count=1) for n in range(1, 3000)]
    assert max(ends(*shots).values()) == pytest.approx(2.0 * len(shots))


def test_a_start_time_is_waited_for():
    assert ends(ahead(opens_s=1000.0, pending_count=5)) == {1: 1010.0}


def test_what_is_on_nodes_now_ends_first():
    chunk = Running(shot_id=1, node="a", speed=1.0, frame_count=3, in_hand_s=1.5)
    shot = ahead(pending_count=1, busy_slots=1)
    assert ends(shot, nodes=[node(free=0)], running=[chunk]) == {1: 6.5}


def test_a_frame_that_takes_longer_than_expected_is_not_taken_for_done():
    chunk = Running(shot_id=1, node="a", speed=1.0, frame_count=1, in_hand_s=900.0)
    shot = ahead(pending_count=0, busy_slots=1)
    assert ends(shot, nodes=[node(free=0)], running=[chunk])[1] > 0


def test_a_chunk_on_a_node_that_takes_no_more_work_gives_no_slot_back():
    chunk = Running(shot_id=1, node="draining", speed=1.0, frame_count=3)
    assert ends(ahead(pending_count=5), running=[chunk]) == {1: 10.0}


def test_a_stopped_shot_keeps_its_slots_until_its_chunks_end():
    chunk = Running(shot_id=2, node="a", speed=1.0, frame_count=10)
    stopped = ahead(2, pending_count=0, busy_slots=1, is_stopped=True)
    found = ends(ahead(pending_count=1), stopped, nodes=[node(free=0)], running=[chunk])
    assert found == {1: 22.0}


@pytest.mark.parametrize(
    "shot",
    [
        pytest.param(ahead(after=(9,)), id="what-it-waits-for-does-not-end"),
        pytest.param(ahead(beside=(9,)), id="what-it-follows-does-not-end"),
        pytest.param(ahead(blend_version="5.0"), id="no-node-fits"),
        pytest.param(ahead(banned=frozenset({"a"})), id="banned-everywhere"),
        pytest.param(ahead(limits=frozenset({"none"})), id="a-limit-of-nothing"),
    ],
)
def test_of_a_shot_that_cannot_go_on_nothing_is_told(shot):
    told = forecast([shot, ahead(2)], [node()], limits={"none": 0})
    assert told.shots.keys() == {2}
    assert told.untold_count == 1


def test_without_any_measured_frame_nothing_is_told():
    told = forecast([ahead(seconds_per_frame=None, measured_count=0)], [node()])
    assert (told.shots, told.queue, told.untold_count) == ({}, None, 1)


@pytest.mark.parametrize("usual_s", [None, 7.0])
def test_a_shot_without_a_measured_frame_is_taken_to_be_as_is_usual(usual_s):
    new = ahead(2, seconds_per_frame=None, measured_count=0, priority=90)
    told = forecast([ahead(1), new], [node()], usual_s=usual_s).shots[2]
    assert told.s == pytest.approx(100 * (usual_s or 2.0))
    assert told.high_s / told.low_s > UNKNOWN


def test_the_queue_is_done_with_its_last_shot():
    told = forecast([ahead(1), ahead(2, priority=90)], [node()])
    assert told.queue == told.shots[1]


def test_more_measured_frames_narrow_the_spread():
    few, many = factors(view(measured_count=5)), factors(view(measured_count=5000))
    assert few[1] < many[1] < 1 < many[2] < few[2]


def test_what_is_not_played_to_the_end_is_reckoned_by_shares():
    shots = [ahead(n, submitter=f"u{n}") for n in range(1, 21)]
    nodes = [node(slots=4)]
    played, reckoned = forecast(shots, nodes), forecast(shots, nodes, step_limit=30)
    assert reckoned.shots.keys() == played.shots.keys()
    assert reckoned.queue.s == pytest.approx(played.queue.s, rel=0.1)
    for shot_id, left in reckoned.shots.items():
        assert left.s == pytest.approx(played.shots[shot_id].s, rel=0.35)


def test_what_waits_for_ever_is_not_reckoned_either():
    shots = [ahead(1), ahead(2), ahead(3, after=(9,)), ahead(4, after=(3,)), ahead(5, after=(1,))]
    assert forecast(shots, [node()], step_limit=4).shots.keys() == {1, 2, 5}


AHEAD = st.lists(
    st.builds(
        ahead,
        st.integers(1, 12),
        priority=st.sampled_from([0, 50, 100]),
        submitter=st.sampled_from(["ada", "bob"]),
        pending_count=st.integers(1, 300),
        chunk_size=st.sampled_from([None, None, 1, 7]),
        seconds_per_frame=st.sampled_from([None, 0.01, 1.0, 30.0]),
        measured_count=st.integers(1, 50),
        seconds_spread=st.sampled_from([None, 0.0, 0.5]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda shot: shot.view.id,
)
NODES = st.lists(
    st.builds(
        node, st.sampled_from("abcd"), st.integers(1, 4), speed=st.sampled_from([0.25, 1.0, 3.0])
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one.name,
)


@given(AHEAD, NODES, st.sampled_from([5, 100, 5000]))
def test_nothing_ends_before_the_work_can_be_done(shots, nodes, step_limit):
    told = forecast(shots, nodes, usual_s=4.0, step_limit=step_limit)
    capacity = sum(one.slots * one.speed for one in nodes)
    work = {s.view.id: s.view.pending_count * (s.view.seconds_per_frame or 4.0) for s in shots}
    assert told.shots.keys() == work.keys()
    for shot_id, left in told.shots.items():
        assert left.low_s <= left.s <= left.high_s
        assert left.s >= 0.999 * work[shot_id] / capacity
    assert told.queue.s >= 0.98 * sum(work.values()) / capacity
