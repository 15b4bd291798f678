"""What a frame was before it was rendered again, and what is at stake when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from brender_farm.db.core import reading
from brender_farm.db.models import Frame
from brender_farm.db.reads.frame_versions import versions_of_frame
from brender_farm.db.reads.shots import require_shot
from brender_farm.domain.frames import FrameList, frame_list
from brender_farm.domain.states import FrameState
from brender_farm.errors import FrameSyntaxError
from brender_farm.service.files import picture_path

TAG_SIGNS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierPicture:
    """A picture of a frame that another one has replaced: its file is gone."""

    tag: str
    """Names the preview that the dashboard may have kept of it."""
    node: str | None
    chunk_id: int | None
    seconds: float | None
    byte_count: int | None
    peak_bytes: int | None
    replaced_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureAtStake:
    """A finished picture that is there now and may be replaced."""

    frame: int
    path: Path
    digest: str

    @property
    def tag(self) -> str:
        return self.digest[:TAG_SIGNS]


def earlier_pictures(shot_id: int, frame: int) -> tuple[EarlierPicture, ...]:
    """Return what a frame was before, newest first; each replaced by the one before it here."""
    with reading() as session:
        return tuple(
            EarlierPicture(
                tag=version.digest[:TAG_SIGNS],
                node=node,
                chunk_id=version.chunk_id,
                seconds=version.seconds,
                byte_count=version.byte_count,
                peak_bytes=version.peak_bytes,
                replaced_at=version.replaced_at,
            )
            for version, node in versions_of_frame(session, shot_id, frame)
        )


def pictures_at_stake(shot_id: int, frames: str | None, limit: int) -> tuple[PictureAtStake, ...]:
    """Return the finished pictures among these frames (notation; None: all), at most `limit`.

    What is no notation has none. Raises NotFound for a shot that is not there.
    """
    with reading() as session:
        shot = require_shot(session, shot_id)
        wanted = select(Frame.frame, Frame.digest).where(
            Frame.shot_id == shot_id, Frame.state == FrameState.DONE, Frame.digest.is_not(None)
        )
        if frames is not None and frames.strip():
            try:
                numbers = list(FrameList.parse(frames))[:limit]
            except FrameSyntaxError:
                return ()
            order = frame_list(shot.frames)
            ours = [number for number in numbers if order.position(number) is not None]
            wanted = wanted.where(Frame.frame.in_(ours))
        found = session.execute(wanted.order_by(Frame.frame).limit(limit))
        return tuple(
            PictureAtStake(
                frame=row.frame, path=picture_path(shot, row.frame), digest=row.digest or ""
            )
            for row in found
        )
