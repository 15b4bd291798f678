from brender_farm.domain.states import FrameState
from brender_farm.service.shapes.frames import FrameRun
from dashboard.frame_map import FrameMap, linked

RUNS = (
    FrameRun(state=FrameState.DONE, start=0, count=3),
    FrameRun(state=FrameState.FAILED, start=3, count=1),
    FrameRun(state=FrameState.PENDING, start=4, count=2),
)


def test_runs_are_written_as_the_script_reads_them():
    assert FrameMap(runs=RUNS, links=(), total=6, per_page=2).code == "d3,f1,p2"


def test_a_link_names_the_frames_in_rendering_order():
    ends = [(run.first_frame, run.last_frame) for run in linked(RUNS, "10-15")]
    assert ends == [(10, 12), (13, 13), (14, 15)]
