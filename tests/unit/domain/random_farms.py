"""Small farms with everything that a planner must mind, drawn at random and true to themselves:
what runs is counted alike by its shot, its node and its limits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hypothesis import strategies as st

from brender_farm.domain.views import Needs, NodeView, RetryLot, ShotView

VERSIONS = ("3.4.1", "4.2.9", "4.5.15")
BLENDS = ("/a.blend", "/b.blend", "/c.blend")
FOLDERS = ("/out", "/full")
NAMES = "abcdef"
LIMITS = ("arnold", "network")
WEIGHTS = {"ada": 1.0, "bob": 2.0, "cy": 0.5}
GB = 10**9


@dataclass(frozen=True)
class RandomFarm:
    shots: list[ShotView]
    nodes: list[NodeView]
    limits: dict[str, int]
    running: list[tuple[int, str]]
    """What has slots: the shot and the node of each chunk."""


NEEDS = st.one_of(
    st.just(Needs()),
    st.builds(
        Needs,
        tags=st.sampled_from([frozenset(), frozenset({"big"})]),
        not_tags=st.sampled_from([frozenset(), frozenset({"slow"})]),
        memory_bytes=st.sampled_from([0, 32 * GB]),
        pool=st.sampled_from(["", "film"]),
        blender=st.sampled_from(["", "any", "4.5", "3.4.1"]),
        device=st.sampled_from(["", "cpu", "gpu"]),
    ),
)
TAGS = st.frozensets(st.sampled_from(["big", "slow"]))
SOME_NAMES = st.frozensets(st.sampled_from(NAMES), max_size=2)
AVOIDS = [[], [], [{"a"}], [{"b"}, {"a", "b"}], [{"a", "b", "c"}], [{"x"}]]


@st.composite
def farms(draw: st.DrawFn) -> RandomFarm:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5))
    shot_count = draw(st.integers(0, 7))
    pairs = [(id_, name) for id_ in range(1, shot_count + 1) for name in names]
    running = draw(st.lists(st.sampled_from(pairs), max_size=8)) if pairs else []
    return RandomFarm(
        shots=[_shot(draw, id_, running) for id_ in range(1, shot_count + 1)],
        nodes=[_node(draw, name, running) for name in names],
        limits=draw(st.dictionaries(st.sampled_from(LIMITS), st.integers(0, 4))),
        running=running,
    )


def _shot(draw: st.DrawFn, id_: int, running: list[tuple[int, str]]) -> ShotView:
    submitter = draw(st.sampled_from(sorted(WEIGHTS)))
    on = tuple(name for shot_id, name in running if shot_id == id_)
    avoids = draw(st.sampled_from(AVOIDS))
    retries = tuple(
        RetryLot(key=",".join(sorted(avoid)), avoid=avoid, count=draw(st.integers(1, 3)))
        for avoid in map(frozenset, avoids)
    )
    return ShotView(
        id=id_,
        priority=draw(st.sampled_from([50, 50, 80])),
        submitter=submitter,
        weight=WEIGHTS[submitter],
        blend=draw(st.sampled_from(BLENDS)),
        blend_version=draw(st.sampled_from(["3.4", "4.5"])),
        output_dir=draw(st.sampled_from(FOLDERS)),
        pending_count=draw(st.integers(0, 20)) + sum(lot.count for lot in retries),
        retries=retries,
        banned=draw(SOME_NAMES),
        needs=draw(NEEDS),
        max_nodes=draw(st.sampled_from([None, None, 1, 2])),
        on_nodes=on,
        limits=draw(st.frozensets(st.sampled_from(LIMITS), max_size=2)),
        chunk_size=draw(st.one_of(st.none(), st.integers(1, 5))),
        seconds_per_frame=draw(st.sampled_from([None, 0.5, 4.0, 100.0])),
        busy_slots=len(on),
    )


def _node(draw: st.DrawFn, name: str, running: list[tuple[int, str]]) -> NodeView:
    slots = draw(st.integers(1, 4))  # fewer than its chunks: they were lowered meanwhile
    busy = Counter(node for _, node in running)[name]
    return NodeView(
        name=name,
        slots=slots,
        free_slots=slots - busy,
        blender_versions=tuple(sorted(draw(st.sets(st.sampled_from(VERSIONS), min_size=1)))),
        warm=draw(st.frozensets(st.sampled_from(BLENDS), max_size=2)),
        unwell=draw(st.sampled_from([frozenset(), frozenset({"/full"})])),
        tags=draw(TAGS),
        memory_bytes=draw(st.sampled_from([16, 64])) * GB,
        pool=draw(st.sampled_from(["", "", "film"])),
        has_gpu=draw(st.booleans()),
        speed=draw(st.sampled_from([0.5, 1.0, 2.0])),  # sums of these are exact
    )
