"""Events, and which of them somebody asks for."""

from __future__ import annotations

from dataclasses import dataclass

from brender_farm.service.shapes.farm import EventRow


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
