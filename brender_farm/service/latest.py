"""The frame that was finished last: what a shot's page shows large."""

from __future__ import annotations

from brender_farm.db.core import reading
from brender_farm.db.reads import shots as reads
from brender_farm.domain.states import FrameState
from brender_farm.service.shapes.frames import FrameCell
from brender_farm.service.views import frame_cell


def latest_frame(shot_id: int) -> FrameCell | None:
    """Return the shot's frame that was finished last, None when there is none with a picture.

    Frames that were there before the shot count only when it has finished none itself.
    """
    with reading() as session:
        numbers = reads.newest_done_frames(session, shot_id)
        if not numbers:
            numbers, _ = reads.frame_numbers_in_state(
                session, shot_id, FrameState.DONE, offset=0, limit=1
            )
        found = reads.frames_of(session, shot_id, numbers).values()
        done = [(frame, node) for frame, node in found if frame.state is FrameState.DONE]
        if not done:
            return None
        frame, node = max(done, key=lambda each: (each[0].at, each[0].frame))
        return frame_cell(frame.frame, frame, node, None)
