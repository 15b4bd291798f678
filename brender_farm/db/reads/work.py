"""Reading what was done, hour by hour."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from brender_farm.db.models import Node, WorkHour

_SUMS = (
    func.sum(WorkHour.done_count).label("done_count"),
    func.sum(WorkHour.failed_count).label("failed_count"),
    func.sum(WorkHour.seconds).label("seconds"),
)
WorkRow = Row[tuple[object, int, int, float]]


def work_by_hour(session: Session, since: datetime) -> list[WorkRow]:
    """Return (hour, done, failed, seconds), oldest first; hours without work are missing."""
    return _by(session, WorkHour.at, since)


def work_by_submitter(session: Session, since: datetime) -> list[WorkRow]:
    return _by(session, WorkHour.submitter, since)


def work_by_node(session: Session, since: datetime) -> list[WorkRow]:
    """Return the same by node's name."""
    wanted = (
        select(Node.name.label("key"), *_SUMS)
        .join(Node, Node.id == WorkHour.node_id)
        .where(WorkHour.at >= since)
        .group_by(Node.name)
        .order_by(Node.name)
    )
    return list(session.execute(wanted))


def _by(session: Session, column: InstrumentedAttribute[object], since: datetime) -> list[WorkRow]:
    wanted = select(column.label("key"), *_SUMS).where(WorkHour.at >= since)
    return list(session.execute(wanted.group_by(column).order_by(column)))
