"""The table of shows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, CleanText, UtcDateTime


class Show(db.Model):  # type: ignore[name-defined,misc]
    """A production: where its files are on each kind of machine, and what its shots begin with."""

    __tablename__ = "shows"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    root: Mapped[str] = mapped_column(Text)
    """Its folder as the farm's own machine sees it."""
    root_linux: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """The same folder as Linux nodes see it; empty: as the farm's machine does."""
    root_macos: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    root_windows: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    output_pattern: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """Where frames go below the root; empty: `renders/<name>/v001` beside the .blend."""
    preset_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("presets.id", ondelete="SET NULL")
    )
    """What its shots are rendered with unless they say otherwise."""
    auto_run: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether its .blend files may run their own Python scripts on the nodes."""
    notes: Mapped[str] = mapped_column(CleanText, default="", server_default=text("''"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
