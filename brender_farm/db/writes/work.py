"""Counting work by the hour. Runs inside `writing()`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from brender_farm.db.models import WorkHour


@dataclass(slots=True)
class Work:
    """Frames finished and tries failed since it was last counted."""

    done_count: int = 0
    failed_count: int = 0
    seconds: float = 0.0


def count_work(
    session: Session, *, node_id: int, submitter: str, work: Work, now: datetime
) -> None:
    """Add what a node did for a submitter to the hour that it is now."""
    key = {
        "at": now.replace(minute=0, second=0, microsecond=0),
        "node_id": node_id,
        "submitter": submitter,
    }
    added = session.execute(
        update(WorkHour)
        .filter_by(**key)
        .values(
            done_count=WorkHour.done_count + work.done_count,
            failed_count=WorkHour.failed_count + work.failed_count,
            seconds=WorkHour.seconds + work.seconds,
        )
        .execution_options(synchronize_session=False)
    )
    if not added.rowcount:  # type: ignore[attr-defined] # the first of this hour
        values = {name: getattr(work, name) for name in work.__dataclass_fields__}
        session.execute(insert(WorkHour).values(**key, **values))
