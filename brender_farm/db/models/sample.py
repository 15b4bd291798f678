"""The table of what nodes' machines did over time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Double, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, UtcDateTime


class PastSample(db.Model):  # type: ignore[name-defined,misc]
    """The means of one node's figures over one step of time; None where it cannot tell.

    Recent times have short steps, older ones long steps; each is kept for its own while.
    """

    __tablename__ = "node_samples"

    node_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("nodes.id", ondelete="CASCADE"), primary_key=True
    )
    step_s: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Length of the step in seconds."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    """When the step began."""
    cpu_pct: Mapped[float | None] = mapped_column(Double)
    load_1: Mapped[float | None] = mapped_column(Double)
    memory_used_bytes: Mapped[int | None] = mapped_column(BigInteger)
    disk_free_bytes: Mapped[int | None] = mapped_column(BigInteger)
    net_in_bps: Mapped[float | None] = mapped_column(Double)
    """Bytes a second that came in over the network."""
    net_out_bps: Mapped[float | None] = mapped_column(Double)
    temperature_c: Mapped[float | None] = mapped_column(Double)
    gpu_pct: Mapped[float | None] = mapped_column(Double)
    gpu_memory_used_bytes: Mapped[int | None] = mapped_column(BigInteger)
    busy_slots: Mapped[float] = mapped_column(Double)
    """How many of its slots had a chunk."""
