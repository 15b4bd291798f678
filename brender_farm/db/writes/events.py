"""Storing events, in the transaction of the change they tell of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from brender_farm.db.models import Event


def add_event(
    session: Session,
    *,
    at: datetime,
    actor: str,
    subject: str,
    subject_id: int,
    from_state: str,
    to_state: str,
    reason: str = "",
) -> None:
    """Note one change of a shot, a chunk or a node."""
    session.add(
        Event(
            at=at,
            actor=actor,
            subject=subject,
            subject_id=subject_id,
            from_state=str(from_state),
            to_state=str(to_state),
            reason=reason,
        )
    )
