"""Reading events, newest first."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Event, Node, Preset, Shot, Show
from brender_farm.db.types import clean

SEARCHED = 50_000
"""How far back a search goes: no index helps to find words."""
_MOST_SIGNS = 200


def newest_event(session: Session) -> int:
    """Return the number of the newest event; 0 when there is none."""
    return session.scalar(select(func.max(Event.id))) or 0


def events_before(
    session: Session, *, before: int | None, subject: str, actor: str, search: str, limit: int
) -> list[Event]:
    """Return events older than `before` (None: from the newest on), newest first.

    `subject` (`shot`, `node`, …) and `actor` are matched exactly, `search` in the reason and in the
    actor's name, among the newest 50,000 events; empty: whatever it is.
    """
    wanted = select(Event)
    if before is not None:
        wanted = wanted.where(Event.id < before)
    if subject:
        wanted = wanted.where(Event.subject == subject)
    if actor:
        wanted = wanted.where(Event.actor == clean(actor[:_MOST_SIGNS]))
    if search:
        text = clean(search[:_MOST_SIGNS])
        wanted = wanted.where(
            Event.id > newest_event(session) - SEARCHED,
            or_(
                Event.reason.icontains(text, autoescape=True),
                Event.actor.icontains(text, autoescape=True),
            ),
        )
    return list(session.scalars(wanted.order_by(Event.id.desc()).limit(limit)))


def names_of(session: Session, events: list[Event]) -> dict[tuple[str, int], str]:
    """Return what the subjects of these events are called now; deleted ones are missing."""
    names: dict[tuple[str, int], str] = {}
    for kind, model in (("shot", Shot), ("node", Node), ("show", Show), ("preset", Preset)):
        ids = {event.subject_id for event in events if event.subject == kind}
        if not ids:
            continue
        found = session.execute(select(model.id, model.name).where(model.id.in_(ids)))
        names |= {(kind, row.id): row.name for row in found}
    return names
