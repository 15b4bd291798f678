"""The tables of what people set for the farm as a whole: limits and shares."""

from __future__ import annotations

from sqlalchemy import Double, String
from sqlalchemy.orm import Mapped, mapped_column

from brender_farm.db.core import db


class FarmLimit(db.Model):  # type: ignore[name-defined,misc]
    """Something there is only so much of: a chunk takes one of each limit that its shot names."""

    __tablename__ = "limits"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    slots: Mapped[int]
    """How many chunks may have it at a time."""


class Share(db.Model):  # type: ignore[name-defined,misc]
    """How much of the farm a submitter is to have beside others; without a row: 1."""

    __tablename__ = "shares"

    submitter: Mapped[str] = mapped_column(String(100), primary_key=True)
    weight: Mapped[float] = mapped_column(Double)
