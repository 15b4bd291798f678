"""The one row about the farm itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import UtcDateTime


class Farm(db.Model):  # type: ignore[name-defined,misc]
    """What the scheduler last did, and counters that tell open pages whether to look again."""

    __tablename__ = "farm"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(40))
    """Tells this database's farm from any other on the same broker."""
    shots_rev: Mapped[int] = mapped_column(default=1)
    nodes_rev: Mapped[int] = mapped_column(default=1)
    pass_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """End of the scheduler's last pass."""
    broker_trouble: Mapped[str] = mapped_column(Text, default="")
    told_up_to: Mapped[int | None] = mapped_column(BigInteger)
    """The last event that subscribers were told of; None: they are told from the next one on."""
    races_after: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Chunks up to this id are not raced: the broker forgot what they have claimed."""
