"""The farm at a glance."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select

from brender_farm.db.core import reading
from brender_farm.db.models import Chunk, Farm, Node, Shot
from brender_farm.domain.states import LIVE_CHUNK_STATES, UNFINISHED_SHOT_STATES
from brender_farm.service.shapes.farm import FarmGlance

SCHEDULER_SILENT_S = 15.0
"""A pass takes well under a second and starts every second; a frozen broker adds up to 8 s."""


def glance() -> FarmGlance:
    """Return the farm in one line."""
    with reading() as session:
        farm = session.get_one(Farm, 1)
        nodes = session.execute(
            select(Node.online, Node.slots).where(Node.is_gone.is_(False))
        ).all()
        busy = select(func.count()).where(Chunk.state.in_(LIVE_CHUNK_STATES))
        active = select(func.count()).where(Shot.state.in_(UNFINISHED_SHOT_STATES))
        return FarmGlance(
            nodes_online=sum(node.online for node in nodes),
            nodes_total=len(nodes),
            slots_busy=session.scalar(busy) or 0,
            slots_total=sum(node.slots for node in nodes if node.online),
            shots_active=session.scalar(active) or 0,
            scheduler_seen_at=farm.pass_at,
            scheduler_silent=is_silent(farm.pass_at),
            broker_trouble=farm.broker_trouble,
        )


def is_silent(seen_at: datetime | None) -> bool:
    """Tell whether a scheduler whose last pass ended then is silent now."""
    return seen_at is None or (datetime.now(UTC) - seen_at).total_seconds() > SCHEDULER_SILENT_S
