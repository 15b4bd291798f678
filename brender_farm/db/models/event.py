"""The table of events: who changed what, when and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, CleanText, UtcDateTime


class Event(db.Model):  # type: ignore[name-defined,misc]
    """One change of a shot, a chunk or a node."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_subject", "subject", "subject_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(BigId)
    from_state: Mapped[str] = mapped_column(String(30))
    to_state: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(CleanText, default="")
