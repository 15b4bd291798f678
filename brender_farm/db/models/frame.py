"""The table of frames that have been tried: none is stored before that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, CleanText, JsonText, StateText, UtcDateTime
from brender_farm.domain.states import FrameState


class Frame(db.Model):  # type: ignore[name-defined,misc]
    """The last result of a frame, and how often it failed."""

    __tablename__ = "frames"
    __table_args__ = (Index("ix_frames_state", "shot_id", "state", "frame"),)

    shot_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("shots.id", ondelete="CASCADE"), primary_key=True
    )
    frame: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[FrameState] = mapped_column(StateText(FrameState))
    chunk_id: Mapped[int | None] = mapped_column(BigId)
    """The chunk whose file is in place, or that failed last; None: the file was there before."""
    tries: Mapped[int] = mapped_column(default=0)
    """Failed tries."""
    failed_on: Mapped[list[int]] = mapped_column(JsonText, default=list, server_default="[]")
    """Ids of the nodes to avoid for it."""
    vanished: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often its node vanished while rendering it."""
    stale_up_to: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """It was asked for again: what chunks up to this id say of it no longer counts."""
    log_tail: Mapped[str] = mapped_column(CleanText, default="", server_default=text("''"))
    """The last lines of Blender's output when it failed last."""
    files: Mapped[list[dict[str, Any]]] = mapped_column(JsonText, default=list, server_default="[]")
    """What was published beside the picture (wire.FrameFile)."""
    reason: Mapped[str] = mapped_column(CleanText, default="")
    seconds: Mapped[float | None]
    byte_count: Mapped[int | None] = mapped_column(BigInteger)
    digest: Mapped[str | None] = mapped_column(String(200))
    peak_bytes: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
