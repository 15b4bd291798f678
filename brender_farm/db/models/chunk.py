"""The table of chunks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, CleanText, JsonText, StateText, UtcDateTime
from brender_farm.domain.states import ChunkState


class Chunk(db.Model):  # type: ignore[name-defined,misc]
    """Frames of one shot, given to one node, once: the lease. An id is never used again."""

    __tablename__ = "chunks"
    __table_args__ = (
        Index("ix_chunks_shot_id", "shot_id", "id"),
        Index("ix_chunks_state", "state"),
        Index(
            "ix_chunks_twin_of",
            "twin_of",
            sqlite_where=text("twin_of IS NOT NULL"),
            postgresql_where=text("twin_of IS NOT NULL"),
        ),
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
    boot: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    """Which start of its node began it; empty before that."""
    ending: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it is to end after its current frame."""
    fences: Mapped[list[int]] = mapped_column(JsonText, default=list, server_default="[]")
    """Loose chunks of the same folder that it must make harmless before it begins."""
    twin_of: Mapped[int | None] = mapped_column(BigId)
    """The chunk whose frames it renders a second time, in a race; None: it has its own."""
    reason: Mapped[str] = mapped_column(CleanText, default="")
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LooseChunk(db.Model):  # type: ignore[name-defined,misc]
    """A chunk that the farm ended without its node's word: the node may still be writing.

    It is forgotten when the node is heard of without it, or when a later chunk of the same folder
    has put up its fence. It outlives its chunk's row, so that a deleted shot is fenced as well.
    """

    __tablename__ = "loose_chunks"

    chunk_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    node_id: Mapped[int] = mapped_column(BigId)
    output_dir: Mapped[str] = mapped_column(Text, index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
