"""Reading what happened as news, and who wants to be told of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Event, Farm, Node, Shot, Show, Subscription
from brender_farm.domain.news import Happening, Topic, Wish
from brender_farm.domain.states import NodeIntent, ShotState

_ShotRow = Row[int, str, str, int | None, int, datetime | None, datetime | None]
_TOLD = and_(
    Event.from_state != Event.to_state,
    or_(
        and_(
            Event.subject == "shot",
            Event.to_state.in_([ShotState.COMPLETED, ShotState.FAILED, ShotState.PAUSED]),
        ),
        and_(Event.subject == "node", Event.to_state.in_(["offline", str(NodeIntent.DISABLED)])),
    ),
)
"""What may be news; domain.news has the last word."""


def happenings(session: Session, *, after: int, up_to: int, limit: int) -> list[Happening]:
    """Return what may be news among the events after `after`, at most `limit`, oldest first."""
    wanted = select(Event).where(Event.id > after, Event.id <= up_to, _TOLD)
    events = list(session.scalars(wanted.order_by(Event.id).limit(limit)))
    shots = _shots(session, {each.subject_id for each in events if each.subject == "shot"})
    nodes = _nodes(session, {each.subject_id for each in events if each.subject == "node"})
    return [
        _happening(event, shots.get(event.subject_id))
        if event.subject == "shot"
        else _of_node(event, nodes.get(event.subject_id, ""))
        for event in events
    ]


def wishes(session: Session) -> list[Wish]:
    """Return what all subscriptions want to be told of."""
    return [
        Wish(
            id=row.id,
            owner=row.owner,
            topics=frozenset(Topic(topic) for topic in row.topics),
            mine_only=row.mine_only,
            show_id=row.show_id,
            after_event=row.after_event,
        )
        for row in session.scalars(select(Subscription))
    ]


def subscriptions_of(session: Session, owner: str) -> list[Row[Subscription, str | None]]:
    """Return a person's subscriptions with the names of their shows, oldest first."""
    wanted = select(Subscription, Show.name).outerjoin(Show, Show.id == Subscription.show_id)
    return list(
        session.execute(wanted.where(Subscription.owner == owner).order_by(Subscription.id))
    )


def told_up_to(session: Session) -> int | None:
    """Return the last event that all are done with; None before the first was looked at."""
    return session.scalars(select(Farm.told_up_to)).one()


def _shots(session: Session, ids: Iterable[int]) -> dict[int, _ShotRow]:
    wanted = select(
        Shot.id,
        Shot.name,
        Shot.submitter,
        Shot.show_id,
        Shot.frame_count,
        Shot.started_at,
        Shot.finished_at,
    ).where(Shot.id.in_(ids))
    return {row.id: row for row in session.execute(wanted)} if ids else {}


def _nodes(session: Session, ids: Iterable[int]) -> dict[int, str]:
    wanted = select(Node.id, Node.name).where(Node.id.in_(ids))
    return {row.id: row.name for row in session.execute(wanted)} if ids else {}


def _happening(event: Event, shot: _ShotRow | None) -> Happening:
    if shot is None:
        return _of_node(event, "")
    both = shot.started_at is not None and shot.finished_at is not None
    return Happening(
        event_id=event.id,
        actor=event.actor,
        subject=event.subject,
        subject_id=event.subject_id,
        from_state=event.from_state,
        to_state=event.to_state,
        reason=event.reason,
        name=shot.name,
        submitter=shot.submitter,
        show_id=shot.show_id,
        frame_count=shot.frame_count,
        took_s=(shot.finished_at - shot.started_at).total_seconds() if both else None,
    )


def _of_node(event: Event, name: str) -> Happening:
    return Happening(
        event_id=event.id,
        actor=event.actor,
        subject=event.subject,
        subject_id=event.subject_id,
        from_state=event.from_state,
        to_state=event.to_state,
        reason=event.reason,
        name=name,
    )
