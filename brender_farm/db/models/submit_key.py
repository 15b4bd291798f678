"""The table of keys that programs give their submissions, so that none makes two shots."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, JsonText, UtcDateTime


class SubmitKey(db.Model):  # type: ignore[name-defined,misc]
    """A key that a submitter has used, and the shot it made."""

    __tablename__ = "submit_keys"

    submitter: Mapped[str] = mapped_column(String(100), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of what was asked for: the same key with another request is refused."""
    shot_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("shots.id", ondelete="CASCADE"), index=True
    )
    warnings: Mapped[list[str]] = mapped_column(JsonText, default=list, server_default="[]")
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
