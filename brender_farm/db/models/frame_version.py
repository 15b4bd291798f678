"""The table of pictures that were there before: one row each time a frame's picture changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, UtcDateTime


class FrameVersion(db.Model):  # type: ignore[name-defined,misc]
    """What a finished frame was before another picture took its place.

    The file itself is gone; the dashboard may have kept a preview of it.
    """

    __tablename__ = "frame_versions"
    __table_args__ = (
        Index("ix_frame_versions_frame", "shot_id", "frame"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shot_id: Mapped[int] = mapped_column(BigId, ForeignKey("shots.id", ondelete="CASCADE"))
    frame: Mapped[int]
    digest: Mapped[str] = mapped_column(String(200))
    chunk_id: Mapped[int | None] = mapped_column(BigId)
    """The chunk that rendered it; None: the file was there before the shot."""
    seconds: Mapped[float | None]
    byte_count: Mapped[int | None] = mapped_column(BigInteger)
    peak_bytes: Mapped[int | None] = mapped_column(BigInteger)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
