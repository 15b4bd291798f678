"""Reading what /metrics tells: counts and sums, in a few statements whatever the farm's size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select, true
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Node, Shot, Subscription, Webhook
from brender_farm.domain.states import LIVE_CHUNK_STATES, UNFINISHED_SHOT_STATES

_NODE = select(
    Node.id,
    Node.name,
    Node.intent,
    Node.online,
    Node.accepting,
    Node.trouble,
    Node.bans_in_row,
    Node.hours,
    Node.unwell,
    Node.slots,
    Node.sample,
).where(Node.is_gone.is_(False))


def shots_by_state(session: Session) -> dict[str, int]:
    """Return how many shots there are in each state, archived ones left out."""
    wanted = select(Shot.state, func.count()).where(Shot.archived.is_(False)).group_by(Shot.state)
    return {str(state): count for state, count in session.execute(wanted)}


def frames_of_unfinished(session: Session) -> Any:
    """Return (total, pending, held, done, failed) of the frames of shots that are not over."""
    wanted = select(
        *(
            func.coalesce(func.sum(column), 0).label(name)
            for name, column in (
                ("total", Shot.frame_count),
                ("pending", Shot.pending_count),
                ("held", Shot.held_count),
                ("done", Shot.done_count),
                ("failed", Shot.failed_count),
            )
        )
    ).where(Shot.state.in_(UNFINISHED_SHOT_STATES))
    return session.execute(wanted).one()


def live_chunks(session: Session) -> list[Row[Any]]:
    """Return (node_id, state, amount) of the chunks that are on nodes."""
    wanted = select(Chunk.node_id, Chunk.state, func.count().label("amount"))
    live = wanted.where(Chunk.state.in_(LIVE_CHUNK_STATES))
    return list(session.execute(live.group_by(Chunk.node_id, Chunk.state)))


def nodes(session: Session) -> Sequence[Any]:
    """Return every node's standing, slots and figures, by name."""
    return session.execute(_NODE.order_by(Node.name)).all()


def troubled_receivers(session: Session) -> tuple[int, int]:
    """Return how many webhooks that are on, and how many subscriptions, are in trouble."""
    hooks = select(func.count()).where(Webhook.is_on == true(), Webhook.trouble != "")
    notices = select(func.count()).where(Subscription.trouble != "")
    row = session.execute(
        select(hooks.scalar_subquery().label("hooks"), notices.scalar_subquery().label("notices"))
    ).one()
    return row.hooks, row.notices
