"""Changing subscriptions and what they were told. All of these run inside `writing()`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from brender_farm.db.models import Farm, Subscription
from brender_farm.db.reads.events import newest_event
from brender_farm.db.writes.events import add_event


def begin_now(session: Session, row: Subscription) -> None:
    """Let a new or changed subscription be told of what happens from now on."""
    session.flush()
    row.after_event = newest_event(session)


def note_subscription(
    session: Session, row: Subscription, words: str, *, now: datetime, actor: str
) -> None:
    """Store the event; `words` must not hold the address, which is secret."""
    session.flush()
    add_event(
        session,
        at=now,
        actor=actor,
        subject="subscription",
        subject_id=row.id,
        from_state="",
        to_state="",
        reason=words,
    )


def store_told(
    session: Session, subscription_id: int, *, after_event: int, trouble: str, now: datetime
) -> None:
    """Keep how a subscription's last message went, and which event it is done with."""
    values: dict[str, object] = {"after_event": after_event, "trouble": trouble}
    if not trouble:
        values["told_at"] = now
    session.execute(update(Subscription).where(Subscription.id == subscription_id).values(**values))


def store_tried(row: Subscription, *, trouble: str, now: datetime) -> None:
    """Keep how a test message went."""
    row.trouble = trouble
    row.told_at = row.told_at if trouble else now


def store_told_up_to(session: Session, event_id: int) -> None:
    """Keep the last event that all subscriptions are done with; it never goes back."""
    behind = or_(Farm.told_up_to.is_(None), Farm.told_up_to < event_id)
    session.execute(update(Farm).where(behind).values(told_up_to=event_id))
