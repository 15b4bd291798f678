"""Reading webhooks, what they are to be told, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Event, Node, Shot, Show, Webhook, WebhookDelivery
from brender_farm.domain.webhooks import SUBJECTS, Occurrence


def all_webhooks(session: Session) -> list[Webhook]:
    return list(session.scalars(select(Webhook).order_by(Webhook.name, Webhook.id)))


def due_webhooks(session: Session) -> list[Row[Any]]:
    """Return (id, after_event, next_try_at, newest) of those that are on.

    `newest` is the farm's newest event.
    """
    newest = select(func.max(Event.id)).scalar_subquery()
    wanted = select(
        Webhook.id,
        Webhook.after_event,
        Webhook.next_try_at,
        func.coalesce(newest, 0).label("newest"),
    )
    return list(session.execute(wanted.where(Webhook.is_on.is_(True))))


def occurrences(session: Session, *, after: int, up_to: int, limit: int) -> list[Occurrence]:
    """Return the events after `after` that a webhook may be told of, oldest first."""
    wanted = select(Event).where(Event.id > after, Event.id <= up_to, Event.subject.in_(SUBJECTS))
    return [occurrence(event) for event in session.scalars(wanted.order_by(Event.id).limit(limit))]


def occurrence(event: Event) -> Occurrence:
    return Occurrence(
        event_id=event.id,
        at=event.at,
        actor=event.actor,
        subject=event.subject,
        subject_id=event.subject_id,
        from_state=event.from_state,
        to_state=event.to_state,
        reason=event.reason,
    )


def deliveries_of(session: Session, webhook_id: int, *, limit: int) -> list[WebhookDelivery]:
    """Return the latest tries, newest first."""
    wanted = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    return list(session.scalars(wanted.order_by(WebhookDelivery.id.desc()).limit(limit)))


def shot_with_show(session: Session, shot_id: int) -> tuple[Shot, str] | None:
    """Return a shot and the name of its show; None: it was deleted."""
    wanted = select(Shot, Show.name).outerjoin(Show, Show.id == Shot.show_id)
    row = session.execute(wanted.where(Shot.id == shot_id)).first()
    return (row[0], row[1] or "") if row is not None else None


def node_by_id(session: Session, node_id: int) -> Node | None:
    return session.get(Node, node_id)


def names_taken(session: Session, but: int | None = None) -> Iterable[tuple[str, str]]:
    """Return (name, url) of all webhooks but one."""
    wanted = select(Webhook.name, Webhook.url).where(Webhook.id != (but or 0))
    return [(name, url) for name, url in session.execute(wanted)]
