"""Counting work by the hour. Runs inside `writing()`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from brender_farm.db.models import WorkHour

_ADD = (
    update(WorkHour)
    .where(
        WorkHour.at == bindparam("b_at"),
        WorkHour.node_id == bindparam("b_node_id"),
        WorkHour.submitter == bindparam("b_submitter"),
        WorkHour.show_id == bindparam("b_show_id"),
    )
    .values(
        done_count=WorkHour.done_count + bindparam("b_done_count"),
        failed_count=WorkHour.failed_count + bindparam("b_failed_count"),
        seconds=WorkHour.seconds + bindparam("b_seconds"),
    )
)


@dataclass(slots=True)
class Work:
    """Frames finished and tries failed since it was last counted."""

    done_count: int = 0
    failed_count: int = 0
    seconds: float = 0.0


def count_work(
    session: Session, *, node_id: int, submitter: str, show_id: int, work: Work, now: datetime
) -> None:
    """Add what a node did for a submitter and a show (0: none) to the hour that it is now."""
    key = {
        "at": now.replace(minute=0, second=0, microsecond=0),
        "node_id": node_id,
        "submitter": submitter,
        "show_id": show_id,
    }
    values = {name: getattr(work, name) for name in work.__dataclass_fields__}
    connection = session.connection()  # past the session, which would first write every change
    added = connection.execute(_ADD, {f"b_{name}": value for name, value in (key | values).items()})
    if not added.rowcount:  # the first of this hour
        connection.execute(insert(WorkHour).values(**key, **values))
