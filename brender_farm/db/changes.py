"""What the open writing transaction has changed so far.

The farm's row is counted up once in a transaction, however many shots or nodes change in it: nobody
sees it in between. The scheduler learns from this which of its views are of yesterday.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

_KEY = "brender_changes"


@dataclass(slots=True)
class Changes:
    """The changes of one transaction."""

    shots: set[int] = field(default_factory=set)
    """Those that were touched: they, their chunks or their frames changed. Whoever has taken it
    up takes them out."""
    ended_chunks: set[int] = field(default_factory=set)
    shots_counted: bool = False
    """Whether Farm.shots_rev was counted up."""
    nodes_counted: bool = False
    """Whether Farm.nodes_rev was counted up."""


def changes_of(session: Session) -> Changes:
    """Return what the session's transaction has changed, to be looked at or added to."""
    found: Changes = session.info.setdefault(_KEY, Changes())
    return found


def forget_changes(session: Session) -> None:
    """Begin with nothing changed."""
    session.info.pop(_KEY, None)
