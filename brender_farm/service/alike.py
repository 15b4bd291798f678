"""Other shots that a shot is worth comparing with: versions of the same work."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import or_, select

from brender_farm.db.core import reading
from brender_farm.db.models import Shot
from brender_farm.db.reads.shots import require_shot

_VERSION = re.compile(r"[\s._-]*v?\d+\Z", re.IGNORECASE)
MOST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeShot:
    """A shot of the same name but for its version, or of the same .blend."""

    id: int
    name: str
    frames: str
    done_count: int


def shots_alike(shot_id: int) -> tuple[AlikeShot, ...]:
    """Return up to 12 shots that are versions of this one, newest first. Raises NotFound."""
    with reading() as session:
        shot = require_shot(session, shot_id)
        stem = _VERSION.sub("", shot.name) or shot.name
        same_work = or_(
            Shot.name.istartswith(stem, autoescape=True),
            Shot.blend == shot.blend,
            Shot.source_blend == (shot.source_blend or shot.blend),
        )
        wanted = (
            select(Shot.id, Shot.name, Shot.frames, Shot.done_count)
            .where(same_work, Shot.id != shot.id, Shot.done_count > 0)
            .order_by(Shot.id.desc())
            .limit(MOST)
        )
        return tuple(
            AlikeShot(id=row.id, name=row.name, frames=row.frames, done_count=row.done_count)
            for row in session.execute(wanted)
        )
