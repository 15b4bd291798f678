"""The simulated farm on farms so small that the answer is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.benchmarks.simulation import play as playing
from tests.benchmarks.simulation.account import lower_bound_s
from tests.benchmarks.simulation.play import Play
from tests.benchmarks.simulation.world import DAY_S, World, batch, day, node, shot


@pytest.fixture
def steady(monkeypatch):
    """Let frames take exactly their time, and none fail."""
    monkeypatch.setattr(playing, "NOISE", 0.0)
    monkeypatch.setattr(playing, "FAILS", 0.0)


def test_one_shot_on_one_node_takes_its_opening_and_its_frames(steady):
    play = Play(World([node("a", 1, 2.0)], [shot(1, 10, 60.0, 5.0)])).run()
    assert play.shots[1].ended_s == pytest.approx(5 + 10 * 30, abs=0.1)
    assert play.account.useful_s == pytest.approx(300)
    assert (play.account.first_opens, play.account.reloads) == (1, 0)


def test_the_farm_learns_how_fast_its_nodes_are():
    nodes = [node("slow", 1, 0.5), node("fast", 1, 2.0)]
    Play(World(nodes, [shot(1, 2000, 20.0, 1.0)])).run()
    assert nodes[1].view.speed / nodes[0].view.speed == pytest.approx(4, rel=0.1)


@pytest.mark.parametrize("submitters", [("ada", "ada"), ("ada", "bob")], ids=["one", "two"])
def test_two_equal_shots_do_not_take_each_others_nodes(submitters):
    """Frames go out one by one; what ends together must not swap the scenes."""
    nodes = [node(f"n{number}", 1, 1.0) for number in range(20)]
    shots = [shot(id_, 2000, 20.0, 4.0, submitter=who) for id_, who in enumerate(submitters, 1)]
    play = Play(World(nodes, shots)).run()
    account = play.account
    assert account.chunks >= 4000
    assert account.first_opens + account.reloads <= 2 * len(nodes)


def test_every_frame_is_rendered_whatever_happens():
    world = day(3, node_count=8)
    play = Play(world, seed=3).run()
    assert all(each.measured == each.frames for each in world.shots)
    assert not play.live
    assert all(each.busy == 0 for each in world.nodes)


def test_a_farm_with_enough_to_do_is_busy_and_fair():
    play = Play(batch(5, node_count=20, hours=6, race=False), seed=5).run()
    assert play.account.utilisation > 0.97
    assert play.account.jain is not None
    assert play.account.jain > 0.95
    ended_s = max(each.ended_s for each in play.world.shots)
    assert ended_s >= 0.98 * lower_bound_s(play.world.nodes, play.world.shots)
    assert ended_s < DAY_S


def test_a_race_ends_the_straggler_of_a_slow_node_sooner(steady):
    def makespan_s(*, race: bool) -> float:
        nodes = [node("slow", 1, 0.25), node("fast", 1, 1.0)]
        for each in nodes:
            each.view = replace(each.view, speed=each.speed)  # learnt from shots before
        play = Play(World(nodes, [shot(1, 57, 300.0, 1.0, race=race)])).run()
        assert play.shots[1].measured == 57
        return play.shots[1].ended_s

    assert makespan_s(race=False) - makespan_s(race=True) == pytest.approx(600, abs=1)
