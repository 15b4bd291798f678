"""Reading what was done, hour by hour."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from brender_farm.db.models import Node, WorkHour

_SUMS = (
    func.sum(WorkHour.done_count).label("done_count"),
    func.sum(WorkHour.failed_count).label("failed_count"),
    func.sum(WorkHour.seconds).label("seconds"),
)
WorkRow = Row[tuple[object, int, int, float]]


def work_by_hour(session: Session, since: datetime, show_id: int | None = None) -> list[WorkRow]:
    """Return (hour, done, failed, seconds), oldest first; hours without work are missing.

    With `show_id` only what was done for that show.
    """
    return _by(session, WorkHour.at, since, show_id)


def work_by_submitter_and_show(
    session: Session, since: datetime, show_id: int | None = None
) -> list[Row[str, int, int, int, float]]:
    """Return (submitter, show_id, done, failed, seconds); 0: of no show."""
    wanted = select(WorkHour.submitter, WorkHour.show_id, *_SUMS).where(*_when(since, show_id))
    return list(session.execute(wanted.group_by(WorkHour.submitter, WorkHour.show_id)))


def work_by_node(session: Session, since: datetime, show_id: int | None = None) -> list[WorkRow]:
    """Return the same by node's name."""
    wanted = (
        select(Node.name.label("key"), *_SUMS)
        .join(Node, Node.id == WorkHour.node_id)
        .where(*_when(since, show_id))
        .group_by(Node.name)
        .order_by(Node.name)
    )
    return list(session.execute(wanted))


def hours_of_node(session: Session, node_id: int, since: datetime) -> list[WorkRow]:
    """Return what one node did, by hour, oldest first; hours without work are missing."""
    wanted = select(WorkHour.at.label("key"), *_SUMS).where(
        WorkHour.node_id == node_id, WorkHour.at >= since
    )
    return list(session.execute(wanted.group_by(WorkHour.at).order_by(WorkHour.at)))


def _by(
    session: Session,
    column: InstrumentedAttribute[object],
    since: datetime,
    show_id: int | None = None,
) -> list[WorkRow]:
    wanted = select(column.label("key"), *_SUMS).where(*_when(since, show_id))
    return list(session.execute(wanted.group_by(column).order_by(column)))


def _when(since: datetime, show_id: int | None) -> list[ColumnElement[bool]]:
    of_show = [WorkHour.show_id == show_id] if show_id is not None else []
    return [WorkHour.at >= since, *of_show]
