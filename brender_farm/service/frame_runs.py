"""The states of all frames of a shot, however many, without reading them one by one."""

from __future__ import annotations

from collections.abc import Iterable

from brender_farm.db.core import reading
from brender_farm.db.reads.frames import failed_positions
from brender_farm.db.reads.shots import live_chunks, require_shot
from brender_farm.domain.frames import Spans
from brender_farm.domain.states import FrameState
from brender_farm.service.shapes.frames import FrameRun


def frame_runs(shot_id: int) -> tuple[FrameRun, ...]:
    """Return the shot's frames in rendering order, neighbours of one state as one run.

    What is neither pending, on a node, nor failed is done. Raises NotFound.
    """
    with reading() as session:
        shot = require_shot(session, shot_id)
        pending = Spans.decode(shot.pending)
        rendering = Spans()
        for chunk, _ in live_chunks(session, shot_id):
            rendering = rendering | Spans.decode(chunk.spans)
        failed = Spans.of(failed_positions(session, shot)) - pending - rendering
        done = Spans.all(shot.frame_count) - pending - rendering - failed
    spans = {
        FrameState.PENDING: pending - rendering,
        FrameState.RENDERING: rendering,
        FrameState.FAILED: failed,
        FrameState.DONE: done,
    }
    return tuple(
        _in_order((state, pairs) for state, found in spans.items() for pairs in found.pairs)
    )


def _in_order(found: Iterable[tuple[FrameState, tuple[int, int]]]) -> list[FrameRun]:
    ordered = sorted(found, key=lambda each: each[1])
    return [
        FrameRun(state=state, start=start, count=stop - start) for state, (start, stop) in ordered
    ]
