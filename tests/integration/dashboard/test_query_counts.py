"""How many statements each page takes: few, and no more with more shots, nodes and frames."""

from __future__ import annotations

import pytest

MOST = {
    "/": 13,
    "/shots": 12,
    "/queue": 15,
    "/nodes": 20,
    "/nodes/atlas-0": 33,
    "/shots/1": 23,
    "/shots/1/edit": 28,
    "/shots/1/frames/1": 16,
    "/shots/1/plots": 14,
    "/shots/1/film": 14,
    "/shots/1/play": 13,
    "/submit": 7,
    "/failures": 14,
    "/events": 7,
    "/statistics": 8,
    "/shows": 8,
    "/presets": 6,
    "/limits": 8,
    "/notices": 9,
    "/settings": 12,
    "/status": 4,
}


@pytest.fixture
def fill(farm):
    """Let the farm grow: nodes, shots with finished frames, chunks that render."""

    def grow(nodes: int, shots: int) -> None:
        ids = [farm.add_node(f"atlas-{number}", slots=4) for number in range(nodes)]
        for number in range(shots):
            shot_id = farm.add_shot(f"shot-{number}", count=40, done=6, state="rendering")
            farm.add_chunk(shot_id, ids[number % nodes], frames="8-9", spans="7-9", frame_count=2)

    return grow


def counted(farm, path: str) -> int:
    farm.text(path)  # what is read once and kept is not counted
    with farm.counted_queries() as queries:
        farm.text(path)
    return len(queries)


@pytest.mark.parametrize(("nodes", "shots"), [(3, 4), (12, 20)])
def test_each_page_takes_as_many_queries_however_large_the_farm_is(farm, fill, nodes, shots):
    fill(nodes, shots)
    found = {path: counted(farm, path) for path in MOST}
    assert {path: count for path, count in found.items() if count > MOST[path]} == {}
