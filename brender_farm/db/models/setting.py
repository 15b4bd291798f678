"""The table of what is set for the whole farm while it runs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db
from brender_farm.db.types import JsonText


class FarmSetting(db.Model):  # type: ignore[name-defined,misc]
    """One setting that people changed; without a row, its default counts."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(JsonText)
