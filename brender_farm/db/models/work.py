"""The table of work done, hour by hour: what statistics are made of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, String
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, UtcDateTime


class WorkHour(db.Model):  # type: ignore[name-defined,misc]
    """What one node did for one submitter and show in one hour. Outlives shots that are deleted."""

    __tablename__ = "work_hours"

    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    """When the hour began."""
    node_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    submitter: Mapped[str] = mapped_column(String(100), primary_key=True)
    show_id: Mapped[int] = mapped_column(
        BigId, primary_key=True, autoincrement=False, default=0, server_default="0"
    )
    """0: of no show."""
    done_count: Mapped[int] = mapped_column(default=0)
    """Frames that were finished."""
    failed_count: Mapped[int] = mapped_column(default=0)
    """Tries that failed."""
    seconds: Mapped[float] = mapped_column(Double, default=0.0)
    """Blender's time for the finished ones."""
