"""Keeping what is known of a picture that another one replaces. Runs inside `writing()`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Frame, FrameVersion

KEPT_VERSIONS = 4
"""Earlier pictures of a frame that are remembered."""


def keep_version(session: Session, frame: Frame, digest: str, *, now: datetime) -> None:
    """Remember what a frame was, if it had a picture and the new one has another digest."""
    if not frame.digest or frame.digest == digest:
        return
    session.add(
        FrameVersion(
            shot_id=frame.shot_id,
            frame=frame.frame,
            digest=frame.digest,
            chunk_id=frame.chunk_id,
            seconds=frame.seconds,
            byte_count=frame.byte_count,
            peak_bytes=frame.peak_bytes,
            replaced_at=now,
        )
    )
    session.flush()
    ids = session.scalars(
        select(FrameVersion.id)
        .where(FrameVersion.shot_id == frame.shot_id, FrameVersion.frame == frame.frame)
        .order_by(FrameVersion.id.desc())
    ).all()
    if len(ids) > KEPT_VERSIONS:
        session.execute(delete(FrameVersion).where(FrameVersion.id.in_(ids[KEPT_VERSIONS:])))
