"""The table of chunks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, CleanText, StateText, UtcDateTime
from brender_farm.domain.states import ChunkState


class Chunk(db.Model):  # type: ignore[name-defined,misc]
    """Frames of one shot, given to one node, once: the lease. An id is never used again."""

    __tablename__ = "chunks"
    __table_args__ = (
        Index("ix_chunks_shot_id", "shot_id", "id"),
        Index("ix_chunks_state", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shot_id: Mapped[int] = mapped_column(ForeignKey("shots.id", ondelete="CASCADE"))
    node_id: Mapped[int] = mapped_column(ForeignKey("nodes.id"), index=True)
    state: Mapped[ChunkState] = mapped_column(StateText(ChunkState))
    spans: Mapped[str] = mapped_column(Text)
    """Positions of its frames that are not over yet (Spans); shrinks with each report."""
    frames: Mapped[str] = mapped_column(Text)
    """All its frames (FrameList notation)."""
    frame_count: Mapped[int]
    done_count: Mapped[int] = mapped_column(default=0)
    failed_count: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(CleanText, default="")
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
