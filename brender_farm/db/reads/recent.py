"""Reading which files shots were submitted from last."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Shot

_LOOKED_AT = 300
"""So many shots are looked at, the newest ones."""


def latest_blends(session: Session, *, limit: int) -> list[str]:
    """Return the files of the newest shots, each once, the newest first."""
    blend = func.coalesce(Shot.source_blend, Shot.blend)
    texts = session.scalars(select(blend).order_by(Shot.id.desc()).limit(_LOOKED_AT))
    return list(dict.fromkeys(texts))[:limit]
