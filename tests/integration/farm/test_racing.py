"""The last frame of a shot sits on a slow node, and an idle one overtakes it."""

from __future__ import annotations

from brender_farm.broker.link import connect
from brender_farm.domain.states import ChunkState, ShotState
from brender_farm.service import audit, shots
from brender_farm.service.shapes.frames import ChunkRow
from tests.farm import Farm
from tests.waiting import wait_for

SLOW_S = 60.0


def chunks_of(farm: Farm, shot: int) -> tuple[ChunkRow, ...]:
    with farm.core.app_context():
        return shots.shot_chunks(shot, limit=1000)


def is_at_work(farm: Farm, node: str) -> bool:
    return any(work.frame is not None for work in farm.node(node).work)


def test_an_idle_node_overtakes_a_slow_one_and_its_render_is_killed(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("snail", seconds=SLOW_S)
    blend = farm.blend()
    shot = farm.submit(blend, frames="1-4", chunk_size=1, race=True)
    wait_for(lambda: is_at_work(farm, "snail"), "the slow node renders")

    farm.start_node("hare", seconds=0.5)
    detail = farm.wait_until_over(shot, limit_s=SLOW_S / 2)

    assert detail.row.state is ShotState.COMPLETED
    chunks = sorted(chunks_of(farm, shot), key=lambda chunk: chunk.id)
    original, twin = chunks[0], chunks[-1]
    assert (original.node, original.state) == ("snail", ChunkState.CANCELLED)
    assert original.reason == "Its twin was first."
    assert (twin.node, twin.state, twin.twin_of) == ("hare", ChunkState.DONE, original.id)
    wait_for(lambda: not is_at_work(farm, "snail"), "the slow node has let go", limit_s=10)
    with farm.core.app_context():
        found = audit.audit_shot(shot, full=True, actor="tests")
    assert (found.checked_count, found.bad_count) == (4, 0)
    assert sum(chunk.done_count for chunk in chunks_of(farm, shot)) == 4
    wait_for(lambda: farm.drafts(shot) == [], "no draft is left")

    other = farm.submit(farm.blend(seconds=0.1), frames="1-2", chunk_size=1)
    assert farm.wait_until_over(other).row.state is ShotState.COMPLETED


def test_a_long_chunk_is_shared_from_both_ends(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna", seconds=0.5)
    first = farm.submit(farm.blend(), frames="1-20", chunk_size=20, race=True)
    farm.wait_for_frames(first, 2)

    farm.start_node("bert", seconds=0.5)
    detail = farm.wait_until_over(first)

    assert detail.row.state is ShotState.COMPLETED
    original, twin = sorted(chunks_of(farm, first), key=lambda chunk: chunk.id)
    assert twin.frames.startswith("20-")
    assert original.done_count + twin.done_count == 20
    assert twin.done_count >= 3


def test_a_broker_that_forgot_who_was_first_ends_the_race_and_loses_nothing(
    own_farm: Farm,
) -> None:
    farm = own_farm
    farm.start_node("snail", seconds=SLOW_S)
    shot = farm.submit(farm.blend(), frames="1-3", chunk_size=1, race=True)
    wait_for(lambda: is_at_work(farm, "snail"), "the slow node renders")
    farm.start_node("hare", seconds=2)

    def racing() -> list[ChunkRow]:
        chunks = chunks_of(farm, shot)
        return [c for c in chunks if c.twin_of and c.state is ChunkState.RENDERING]

    twin = wait_for(racing, "the two race")[0]
    with connect(farm.broker_url) as client:
        client.flushall()

    detail = farm.wait_until_over(shot)
    assert detail.row.state is ShotState.COMPLETED
    states = {chunk.id: chunk.state for chunk in chunks_of(farm, shot)}
    assert states[twin.id] is states[twin.twin_of] is ChunkState.LOST
    with farm.core.app_context():
        assert audit.audit_shot(shot, full=True, actor="tests").bad_count == 0
