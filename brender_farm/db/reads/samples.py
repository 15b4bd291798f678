"""Reading what nodes' machines did over time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm.db.models import PastSample


def past_samples(session: Session, node_id: int, step_s: int, since: datetime) -> list[PastSample]:
    """Return a node's steps of one length that began since then, oldest first."""
    wanted = select(PastSample).where(
        PastSample.node_id == node_id, PastSample.step_s == step_s, PastSample.at >= since
    )
    return list(session.scalars(wanted.order_by(PastSample.at)))
