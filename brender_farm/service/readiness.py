"""Whether the dashboard can serve, for what starts it and what stands before it."""

from __future__ import annotations

from dataclasses import dataclass

from brender_farm.db.migrate import newest_revision
from brender_farm.errors import Fault
from brender_farm.service.condition import condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What answers now. Without broker or scheduler the dashboard serves, but nothing renders."""

    broker_answers: bool
    scheduler_answers: bool
    faults: tuple[Fault, ...]
    """Why it cannot serve; empty: it can."""


def readiness() -> Readiness:
    """Look at the database, the broker and the scheduler, some seconds ago at most."""
    seen = condition()
    database, broker, scheduler = seen.database, seen.broker, seen.scheduler
    faults = []
    if database is None or database.trouble:
        faults.append(
            Fault(
                field="database",
                message="It does not answer.",
                remedy="See the dashboard's log, and the page Status.",
            )
        )
    elif database.revision != newest_revision():
        faults.append(
            Fault(
                field="database",
                message=f"It is of revision {database.revision or 'none'}, not "
                f"{newest_revision()}.",
                remedy="Start this version's dashboard once: it brings the schema up to date.",
            )
        )
    return Readiness(
        broker_answers=broker is not None and not broker.trouble,
        scheduler_answers=scheduler is not None and not scheduler.is_silent,
        faults=tuple(faults),
    )
