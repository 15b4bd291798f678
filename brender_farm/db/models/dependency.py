"""The table of which shot comes after which."""

from __future__ import annotations

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId


class Dependency(db.Model):  # type: ignore[name-defined,misc]
    """One shot waits for another: for all of it, or frame by frame."""

    __tablename__ = "dependencies"

    shot_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("shots.id", ondelete="CASCADE"), primary_key=True
    )
    after_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("shots.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    by_frame: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether frame n waits for frame n of the other only."""
