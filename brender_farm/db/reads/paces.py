"""How long frames took before that are like those of a shot to come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Shot
from brender_farm.domain.states import ACTIVE_SHOT_STATES, ShotState

_PACES = select(
    Shot.id,
    Shot.name,
    Shot.width,
    Shot.height,
    Shot.measured_count,
    Shot.work_seconds,
    Shot.work_squared,
).where(Shot.measured_count > 0, Shot.work_seconds > 0)


def pace_of_scene(session: Session, blend: str, scene: str) -> Any:
    """Return the newest shot of a file's scene that has frames measured, or None."""
    same = or_(Shot.blend == blend, Shot.source_blend == blend)
    return _newest(session, same & (Shot.scene == scene))


def pace_of_folder(session: Session, blend: str) -> Any:
    """Return the newest such shot of any file in the same folder, or None."""
    place = f"{Path(blend).parent}/"
    return _newest(session, Shot.blend.startswith(place, autoescape=True))


def frames_before(session: Session, priority: int) -> int:
    """Return how many frames are in line that go before or beside those of a new shot."""
    states = (*ACTIVE_SHOT_STATES, ShotState.WAITING)
    wanted = select(func.sum(Shot.pending_count)).where(
        Shot.state.in_(states), Shot.priority >= priority
    )
    return session.scalar(wanted) or 0


def _newest(session: Session, which: ColumnElement[bool]) -> Any:
    return session.execute(_PACES.where(which).order_by(Shot.id.desc()).limit(1)).one_or_none()
