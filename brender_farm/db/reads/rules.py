"""Reading the farm's rules: limits and shares."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm.db.models import FarmLimit, Share


def limit_slots(session: Session) -> dict[str, int]:
    """Return how many chunks may have each farm-wide limit at a time."""
    return {row.name: row.slots for row in session.execute(select(FarmLimit.name, FarmLimit.slots))}


def weights(session: Session) -> dict[str, float]:
    """Return how much of the farm submitters are to have; who is not named has weight 1."""
    return {
        row.submitter: row.weight for row in session.execute(select(Share.submitter, Share.weight))
    }
