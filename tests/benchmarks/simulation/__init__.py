"""A farm of a thousand nodes for a day, played in minutes: the real planner, imagined frames.

The day has everything: arrivals, previews and final frames, failures, nodes that vanish, node
hours, licences, GPUs, memory, weights. The batches are a day's work of twenty equal users, all at
once, on the same nodes without any of that, so that what no schedule can beat is known.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from tests.benchmarks.figures import Figure
from tests.benchmarks.simulation.account import lower_bound_s, p95, waits_by_priority
from tests.benchmarks.simulation.play import Play
from tests.benchmarks.simulation.world import DAY_S, HOUR_S, batch, day

ROUNDS = 1
NODES = 1000


def measure(rounds: int) -> list[Figure]:
    figures: list[Figure] = []
    for seed in range(rounds):
        began_s = time.process_time()
        play = Play(day(seed, node_count=NODES), seed).run(DAY_S)
        figures += day_figures(f"day {seed}", play, time.process_time() - began_s)
        for race in (False, True):
            play = Play(batch(seed, node_count=NODES, hours=24, race=race), seed).run()
            figures += batch_figures(f"batch {seed}{', racing' if race else ''}", play)
    return figures


def day_figures(name: str, play: Play, cpu_s: float) -> Iterator[Figure]:
    """Say how well a day went."""
    account, frames = play.account, sum(shot.measured for shot in play.shots.values())
    busy_s = account.useful_s + account.open_s + account.wasted_s + account.waited_s
    yield Figure(
        name=f"simulation: {name}: slots' time that became frames, while frames that fit waited",
        unit="%",
        values=[100 * account.utilisation],
        target=97,
        more_is_better=True,
        note=f"{frames:,} frames, {account.chunks:,} chunks, {account.passes:,} passes, "
        f"{cpu_s:.0f} s of processor time",
    )
    for what, spent_s in (
        ("opening scenes", account.open_s),
        ("failed, lost or raced in vain", account.wasted_s),
        ("waiting for the next pass", account.waited_s),
    ):
        yield Figure(name=f"simulation: {name}: {what}", unit="%", values=[100 * spent_s / busy_s])
    yield from unfairness(name, play, target=None)
    yield from openings(name, play)
    for priority, waits in waits_by_priority(play.shots.values()).items():
        yield Figure(
            name=f"simulation: {name}: first slot at priority {priority}, after",
            unit="s",
            values=[statistics.median(waits)],
            note=f"{len(waits)} shots; 95 % within {p95(waits):,.0f} s",
        )


def batch_figures(name: str, play: Play) -> Iterator[Figure]:
    """Say how evenly a batch was shared, and how much longer it took than it had to."""
    ended_s = max(shot.ended_s for shot in play.shots.values())
    bound_s = lower_bound_s(play.world.nodes, play.world.shots)
    yield from unfairness(name, play, target=0.05)
    yield Figure(
        name=f"simulation: {name}: makespan over the lower bound",
        unit="×",
        values=[ended_s / bound_s],
        target=1.03,
        note=f"{ended_s / HOUR_S:.2f} h, {len(play.shots)} shots, {play.account.twins} twins",
    )
    yield Figure(
        name=f"simulation: {name}: a shot's slots end within, of its frames",
        unit="",
        values=[statistics.median(play.account.tails)],
        note=f"95 % within {p95(play.account.tails):.1f}",
    )
    yield from openings(name, play)


def unfairness(name: str, play: Play, *, target: float | None) -> Iterator[Figure]:
    """Compare what the artists used, by their weights, while all had frames waiting."""
    if play.account.jain is not None:
        yield Figure(
            name=f"simulation: {name}: unfairness between artists (1 - Jain's index)",
            unit="",
            values=[1 - play.account.jain],
            target=target,
        )


def openings(name: str, play: Play) -> Iterator[Figure]:
    """Say how often nodes had to open a scene, and how often they had it open."""
    account = play.account
    yield Figure(
        name=f"simulation: {name}: chunks that opened a scene the node had had open before",
        unit="%",
        values=[100 * account.reloads / account.chunks],
        note=f"{account.reloads:,} reloads, {account.first_opens:,} first openings, "
        f"{account.warm_starts:,} avoided",
    )
