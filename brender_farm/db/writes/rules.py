"""Changing the farm's rules. All of these run inside `writing()`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from brender_farm.db.models import FarmLimit, Share
from brender_farm.db.writes.events import add_event

LIMIT, SHARE = "limit", "share"


def store_limit(
    session: Session, name: str, slots: int | None, *, now: datetime, actor: str
) -> bool:
    """Set a limit, or with None remove it; return whether that changed anything."""
    row = session.get(FarmLimit, name)
    before = None if row is None else row.slots
    if before == slots:
        return False
    if row is None:
        session.add(FarmLimit(name=name, slots=slots))
    elif slots is None:
        session.delete(row)
    else:
        row.slots = slots
    _note(session, LIMIT, name, _shown(before), _shown(slots), now=now, actor=actor)
    return True


def store_share(
    session: Session, submitter: str, weight: float | None, *, now: datetime, actor: str
) -> bool:
    """Set a submitter's weight, or with None remove it; return whether that changed anything."""
    row = session.get(Share, submitter)
    before = None if row is None else row.weight
    if before == weight:
        return False
    if row is None:
        session.add(Share(submitter=submitter, weight=weight))
    elif weight is None:
        session.delete(row)
    else:
        row.weight = weight
    _note(session, SHARE, submitter, _shown(before), _shown(weight), now=now, actor=actor)
    return True


def _note(
    session: Session, subject: str, name: str, before: str, after: str, *, now: datetime, actor: str
) -> None:
    """Store the event; rules have no number, so the reason says which it is."""
    add_event(
        session,
        at=now,
        actor=actor,
        subject=subject,
        subject_id=0,
        from_state=before,
        to_state=after,
        reason=f"{subject.capitalize()} {name}: {before} → {after}.",
    )


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"
