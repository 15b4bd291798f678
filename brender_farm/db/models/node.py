"""The table of nodes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Double, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, CleanText, JsonText, StateText, UtcDateTime
from brender_farm.domain.states import NodeIntent


class Node(db.Model):  # type: ignore[name-defined,misc]
    """A machine that renders: what people want of it, and what was last seen of it."""

    __tablename__ = "nodes"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    intent: Mapped[NodeIntent] = mapped_column(
        StateText(NodeIntent),
        default=NodeIntent.ENABLED,
    )
    reason: Mapped[str] = mapped_column(CleanText, default="")
    online: Mapped[bool]
    accepting: Mapped[bool]
    boot: Mapped[str] = mapped_column(String(200))
    """Which start of its process this is."""
    slots: Mapped[int]
    trouble: Mapped[str] = mapped_column(CleanText, default="")
    claims: Mapped[list[dict[str, Any]]] = mapped_column(JsonText, default=list)
    """The chunks it says it is at work on (wire.ChunkClaim)."""
    warm: Mapped[list[str]] = mapped_column(JsonText, default=list)
    unwell: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict, server_default="{}")
    """Output folders it cannot write to now: folder → why."""
    bans_in_row: Mapped[int] = mapped_column(default=0, server_default="0")
    """From how many shots it was banned since it last finished a frame."""
    hours: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """When it takes new work, such as `mon-fri 19:00-08:00, sat-sun`; empty: always."""
    set_tags: Mapped[list[str] | None] = mapped_column(JsonText)
    """The tags that people gave it; None: those that its own settings say."""
    restart_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was last asked to start its Blenders anew."""
    is_gone: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether people had it forgotten: it is shown nowhere until it is heard of again."""
    speed: Mapped[float] = mapped_column(Double, default=1.0, server_default="1")
    """How fast it renders: 2 is twice as fast as the farm's other nodes on the same shots."""
    facts: Mapped[dict[str, Any]] = mapped_column(JsonText)
    """wire.MachineFacts"""
    memory_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    sample: Mapped[dict[str, Any]] = mapped_column(JsonText)
    """wire.MachineSample"""
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
