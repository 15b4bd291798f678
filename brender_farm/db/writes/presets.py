"""Changing presets. All of these run inside `writing()`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from brender_farm.db.models import Preset, Show
from brender_farm.db.writes.events import add_event


def store_preset(
    session: Session,
    preset: Preset | None,
    name: str,
    settings: dict[str, Any],
    *,
    said: str,
    now: datetime,
    actor: str,
) -> Preset:
    """Add a preset, or change this one; `said` tells in the event what has become of it."""
    if preset is None:
        preset = Preset(name=name, settings=settings)
        session.add(preset)
        session.flush()
    else:
        preset.name, preset.settings = name, settings
    _note(session, preset.id, said, now=now, actor=actor)
    return preset


def remove_preset(
    session: Session, preset: Preset, *, said: str, now: datetime, actor: str
) -> None:
    """Forget a preset; shows that use it have none then."""
    session.execute(update(Show).where(Show.preset_id == preset.id).values(preset_id=None))
    session.delete(preset)
    _note(session, preset.id, said, now=now, actor=actor)


def _note(session: Session, preset_id: int, said: str, *, now: datetime, actor: str) -> None:
    add_event(
        session,
        at=now,
        actor=actor,
        subject="preset",
        subject_id=preset_id,
        from_state="",
        to_state="",
        reason=said,
    )
