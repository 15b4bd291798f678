"""The tables of what single people keep: filters of lists, and what they want to be told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, CleanText, JsonText, UtcDateTime


class SavedFilter(db.Model):  # type: ignore[name-defined,misc]
    """A filter of the list of shots, kept under a name by one person."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("owner", "name"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    owner: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(100))
    query: Mapped[str] = mapped_column(Text)
    """The page's query string."""


class Subscription(db.Model):  # type: ignore[name-defined,misc]
    """What one person wants to be told of, and where."""

    __tablename__ = "subscriptions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    owner: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(Text)
    """An Apprise address: mail, chat or webhook. It holds secrets: never shown in full."""
    show_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("shows.id", ondelete="CASCADE"))
    """Only shots of this show; None: of all."""
    mine_only: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Only shots that the owner submitted."""
    topics: Mapped[list[str]] = mapped_column(JsonText, default=list, server_default="[]")
    """Kinds of news: `completed`, `failed`, `paused`, `node`."""
    after_event: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """The last event that it is done with: its news begin after that one."""
    trouble: Mapped[str] = mapped_column(CleanText, default="", server_default=text("''"))
    """Why the last message could not be delivered; empty: it was."""
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last message was delivered."""
