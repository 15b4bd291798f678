"""Changing shows. All of these run inside `writing()`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from brender_farm.db.changes import changes_of
from brender_farm.db.models import Farm, FarmSetting, Shot, Show
from brender_farm.db.writes.events import add_event
from brender_farm.db.writes.nodes import touch_nodes

ACTIVE_SHOW = "active_show"
"""The farm's setting with the id of the active show; 0: none."""
_COUNT_A_CHANGE = update(Farm).values(shots_rev=Farm.shots_rev + 1)


def note_show(session: Session, show_id: int, *, now: datetime, actor: str, reason: str) -> None:
    """Store what was done to a show."""
    add_event(
        session,
        at=now,
        actor=actor,
        subject="show",
        subject_id=show_id,
        from_state="",
        to_state="",
        reason=reason,
    )


def touch_show(session: Session, show_id: int) -> None:
    """Tell the pages of its shots, and the scheduler's desk, that a show has changed."""
    session.execute(update(Shot).where(Shot.show_id == show_id).values(rev=Shot.rev + 1))
    session.execute(_COUNT_A_CHANGE)
    changes_of(session).shots_counted = True
    touch_nodes(session)  # what they are told of paths is another now


def remove_show(session: Session, show: Show) -> None:
    """Forget a show; its shots belong to none then."""
    touch_show(session, show.id)
    session.execute(update(Shot).where(Shot.show_id == show.id).values(show_id=None))
    session.delete(show)


def set_active(session: Session, show_id: int) -> None:
    """Keep which show is the active one; 0: none."""
    row = session.get(FarmSetting, ACTIVE_SHOW)
    if row is None:
        session.add(FarmSetting(name=ACTIVE_SHOW, value=show_id))
    else:
        row.value = show_id
