"""The table of keys that nodes prove themselves with at the broker and to the farm."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import UtcDateTime


class NodeKey(db.Model):  # type: ignore[name-defined,misc]
    """The key of one node. What it signs with and its broker password are derived from it."""

    __tablename__ = "node_keys"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    """The node's name."""
    secret: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
