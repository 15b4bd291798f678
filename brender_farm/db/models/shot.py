"""The table of shots."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, CleanText, JsonText, StateText, UtcDateTime
from brender_farm.domain.states import ShotState


class Shot(db.Model):  # type: ignore[name-defined,misc]
    """A .blend and its frames. Its cost does not depend on how many frames there are."""

    __tablename__ = "shots"
    __table_args__ = (
        Index("ix_shots_state", "state", "priority"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[ShotState] = mapped_column(StateText(ShotState))
    reason: Mapped[str] = mapped_column(CleanText, default="")
    priority: Mapped[int]
    submitter: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    blend: Mapped[str] = mapped_column(Text)
    blend_size_bytes: Mapped[int] = mapped_column(BigInteger)
    blend_mtime_ns: Mapped[int] = mapped_column(BigInteger)
    blend_version: Mapped[str] = mapped_column(String(20))
    scene: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(30))
    width: Mapped[int]
    height: Mapped[int]
    size_given: Mapped[bool] = mapped_column(default=False)
    """Whether width and height were asked for, or are what the scene says."""
    output_dir: Mapped[str] = mapped_column(Text, index=True)
    padding: Mapped[int] = mapped_column(default=4)
    existing: Mapped[str] = mapped_column(String(20))
    chunk_size: Mapped[int | None]
    warnings: Mapped[list[str]] = mapped_column(JsonText, default=list)

    frames: Mapped[str] = mapped_column(Text)
    """All its frames, in rendering order (FrameList notation)."""
    frame_count: Mapped[int]
    pending: Mapped[str] = mapped_column(Text)
    """Positions of the frames that no chunk has and that are not over (Spans)."""
    pending_count: Mapped[int]
    done_count: Mapped[int] = mapped_column(default=0)
    failed_count: Mapped[int] = mapped_column(default=0)
    measured_count: Mapped[int] = mapped_column(default=0)
    """Frames that `render_seconds` is the sum of; less than done_count where files were there."""
    render_seconds: Mapped[float] = mapped_column(default=0.0)
    rev: Mapped[int] = mapped_column(default=1)
    """Grows with every change of the shot, its chunks or its frames."""
