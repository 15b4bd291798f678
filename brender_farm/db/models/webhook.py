"""The tables of webhooks: programs elsewhere that are told what happens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, CleanText, JsonText, UtcDateTime


class Webhook(db.Model):  # type: ignore[name-defined,misc]
    """An address that each event of some kinds is sent to, signed."""

    __tablename__ = "webhooks"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(CleanText)
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(200))
    """What bodies are signed with (HMAC-SHA-256). Shown once, when it is made."""
    old_secret: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    """The one before: bodies are signed with it, too, until then."""
    old_secret_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    topics: Mapped[list[str]] = mapped_column(JsonText, default=list, server_default="[]")
    """What of: `shot.completed`, `node.offline`, …; empty: everything."""
    is_on: Mapped[bool] = mapped_column(default=True, server_default=true())
    made_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    after_event: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """The last event that it is done with."""
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often the next event was sent in vain."""
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str] = mapped_column(CleanText, default="", server_default=text("''"))
    """Why the last try failed; empty: it did not."""
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WebhookDelivery(db.Model):  # type: ignore[name-defined,misc]
    """One try to deliver an event; only the latest are kept."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_webhook_id", "webhook_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    webhook_id: Mapped[int] = mapped_column(BigId, ForeignKey("webhooks.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(BigId)
    topic: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    seconds: Mapped[float]
    status: Mapped[int | None]
    """What the server answered; None: it did not."""
    trouble: Mapped[str] = mapped_column(CleanText, default="", server_default=text("''"))
