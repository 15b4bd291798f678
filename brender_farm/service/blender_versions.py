"""Which Blender versions the farm's nodes have."""

from __future__ import annotations

from sqlalchemy.orm import Session

from brender_farm.db.reads.nodes import known_blender_versions, nodes_rev
from brender_farm.service.known import known


def farm_versions(session: Session) -> list[str]:
    """Return every version that any known node has; from memory while no node has changed."""
    now = str(nodes_rev(session))
    found: list[str] = known("versions").get(now, lambda: known_blender_versions(session))
    return found
