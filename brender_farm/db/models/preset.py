"""The table of presets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import BigId, JsonText


class Preset(db.Model):  # type: ignore[name-defined,misc]
    """Render settings with a name."""

    __tablename__ = "presets"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict, server_default="{}")
    """Fields of a request that it fills in: width, height, percentage, samples, format, …"""
