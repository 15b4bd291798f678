"""Who did what, when and why: everything that changed on the farm."""

from __future__ import annotations

from dataclasses import dataclass

from brender_farm.db.core import reading
from brender_farm.db.reads import events as reads
from brender_farm.service.shapes.farm import EventRow
from brender_farm.service.views import event_row

SUBJECTS = ("shot", "node", "chunk", "show", "preset", "limit", "share", "setting", "subscription")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events; empty: whatever they are."""

    subject: str = ""
    actor: str = ""
    search: str = ""
    before: int | None = None
    """Only those older than this event; None: from the newest on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """An event, and what its subject is called."""

    event: EventRow
    name: str
    """Empty for what has no name, or was deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Events, newest first."""

    lines: tuple[EventLine, ...]
    older: int | None
    """Ask for those before this one next; None: these are the last."""
    tag: str
    """Changes when anything happens."""


def list_events(wanted: EventFilter, *, limit: int = 100) -> EventPage:
    """Return the newest events that match, at most `limit`."""
    with reading() as session:
        tag = str(reads.newest_event(session))
        found = reads.events_before(
            session,
            before=wanted.before,
            subject=wanted.subject,
            actor=wanted.actor,
            search=wanted.search.strip(),
            limit=limit + 1,
        )
        names = reads.names_of(session, found[:limit])
        lines = tuple(
            EventLine(event=event_row(event), name=names.get((event.subject, event.subject_id), ""))
            for event in found[:limit]
        )
        older = found[limit - 1].id if len(found) > limit else None
        return EventPage(lines=lines, older=older, tag=tag)


def events_tag() -> str:
    """Return a tag that changes when anything happens."""
    with reading() as session:
        return str(reads.newest_event(session))
