from brender_farm.domain.states import FrameState
from brender_farm.service.shapes import FrameCell
from dashboard.frame_map import runs_of


def cells(states):
    words = {
        "d": FrameState.DONE,
        "f": FrameState.FAILED,
        "r": FrameState.RENDERING,
        "p": FrameState.PENDING,
    }
    return tuple(
        FrameCell(
            frame=100 + number,
            state=words[letter],
            chunk_id=None,
            node=None,
            seconds=None,
            byte_count=None,
            peak_bytes=None,
            tries=0,
            reason="",
            log_tail="",
            files=(),
            tag="",
        )
        for number, letter in enumerate(states)
    )


def test_neighbours_of_one_state_are_one_run():
    runs = runs_of(cells("dddfrrpp"))
    assert [(run.state, run.start, run.count) for run in runs] == [
        ("done", 0, 3),
        ("failed", 3, 1),
        ("rendering", 4, 2),
        ("pending", 6, 2),
    ]
    assert (runs[0].first_frame, runs[0].last_frame) == (100, 102)


def test_no_frames_are_no_runs():
    assert runs_of(()) == []
