"""Who did what, when and why: everything that changed on the farm."""

from __future__ import annotations

from brender_farm.db.core import reading
from brender_farm.db.reads import events as reads
from brender_farm.db.reads.shots import events_of
from brender_farm.service.shapes.events import EventFilter, EventLine, EventPage
from brender_farm.service.shapes.farm import EventRow
from brender_farm.service.views import event_row

SUBJECTS = (
    "shot",
    "node",
    "chunk",
    "show",
    "preset",
    "limit",
    "share",
    "setting",
    "subscription",
    "webhook",
    "user",
)


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


def events_of_node(
    node_id: int, *, limit: int = 100, before: int | None = None
) -> tuple[EventRow, ...]:
    """Return what happened to a node, newest first; with `before` what did before that event."""
    with reading() as session:
        found = events_of(session, "node", node_id, limit, before)
        return tuple(event_row(event) for event in found)


def events_tag() -> str:
    """Return a tag that changes when anything happens."""
    with reading() as session:
        return str(reads.newest_event(session))
