"""The farm's rules that people set: limits that there is only so much of, and shares."""

from __future__ import annotations

from sqlalchemy import select

from brender_farm.config import read_tags
from brender_farm.db.core import reading
from brender_farm.db.models import FarmLimit
from brender_farm.errors import Fault


def read_limit_names(text: str | None) -> tuple[str, ...] | Fault:
    """Understand names of limits with commas between; each must have been set."""
    try:
        names = read_tags(text or "")
    except ValueError as error:
        return Fault(field="limits", message=f"{error}".capitalize(), remedy="Example: nuke")
    with reading() as session:
        known = set(session.scalars(select(FarmLimit.name)))
    missing = [name for name in names if name not in known]
    if missing:
        return Fault(
            field="limits",
            message=f"There is no limit {missing[0]}.",
            remedy=f"Set it first: brender limits set {missing[0]} 4",
        )
    return names
