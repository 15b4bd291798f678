"""What the farm did: by day, by person, by node."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from brender_farm.db.core import reading
from brender_farm.db.reads import work as reads

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSum:
    """Work under one heading: a person, a node, an hour or a day."""

    key: str
    """A name; for an hour or a day when it began, in ISO 8601."""
    done_count: int = 0
    failed_count: int = 0
    seconds: float = 0.0

    @property
    def hours(self) -> float:
        """Hours of rendering, over all slots."""
        return self.seconds / 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What was done in some days, up to now."""

    days: tuple[WorkSum, ...]
    """Every day (UTC), oldest first, those without work as well."""
    submitters: tuple[WorkSum, ...]
    """Most hours first."""
    nodes: tuple[WorkSum, ...]
    total: WorkSum


def statistics(days: int, *, now: datetime | None = None) -> Statistics:
    """Return what was done today and in the days before, `days` in all."""
    today = (now or datetime.now(UTC)).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=days - 1)
    with reading() as session:
        hours = reads.work_by_hour(session, since)
        submitters = [_sum(row.key, [row]) for row in reads.work_by_submitter(session, since)]
        nodes = [_sum(row.key, [row]) for row in reads.work_by_node(session, since)]
    by_day = defaultdict(list)
    for row in hours:
        by_day[row.key.date()].append(row)
    return Statistics(
        days=tuple(
            _sum(day.date().isoformat(), by_day[day.date()])
            for day in (since + timedelta(days=offset) for offset in range(days))
        ),
        submitters=tuple(sorted(submitters, key=lambda each: -each.seconds)),
        nodes=tuple(sorted(nodes, key=lambda each: -each.seconds)),
        total=_sum("", hours),
    )


def last_hours(count: int = HOURS_A_DAY, *, now: datetime | None = None) -> tuple[WorkSum, ...]:
    """Return the work of the last hours, oldest first, the one that runs now last."""
    this = (now or datetime.now(UTC)).replace(minute=0, second=0, microsecond=0)
    hours = [this - timedelta(hours=back) for back in reversed(range(count))]
    with reading() as session:
        found = {row.key: row for row in reads.work_by_hour(session, hours[0])}
    return tuple(_sum(hour.isoformat(), [found[hour]] if hour in found else []) for hour in hours)


def _sum(key: str, rows: Iterable[reads.WorkRow]) -> WorkSum:
    rows = list(rows)
    return WorkSum(
        key=key,
        done_count=sum(row.done_count for row in rows),
        failed_count=sum(row.failed_count for row in rows),
        seconds=sum(row.seconds for row in rows),
    )
