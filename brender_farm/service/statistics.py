"""What the farm did: by day, by person, by node, by show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from brender_farm.db.core import reading
from brender_farm.db.reads import work as reads
from brender_farm.db.reads.shots import show_names

HOURS_A_DAY = 24
NO_SHOW, DELETED_SHOWS = "(no show)", "(deleted shows)"


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
    shows: tuple[WorkSum, ...]
    """Empty when nothing was done for any show."""
    total: WorkSum


def statistics(days: int, *, show_id: int | None = None, now: datetime | None = None) -> Statistics:
    """Return what was done today and in the days before, `days` in all; for one show, if asked."""
    since = _first_day(days, now)
    with reading() as session:
        hours = reads.work_by_hour(session, since, show_id)
        people = reads.work_by_submitter_and_show(session, since, show_id)
        nodes = [_sum(row.key, [row]) for row in reads.work_by_node(session, since, show_id)]
        names = show_names(session)
    submitters = _grouped(people, lambda row: row.submitter)
    shows = _grouped(people, lambda row: _show_title(row.show_id, names)) if not show_id else []
    return Statistics(
        days=_by_day(hours, since, days),
        submitters=tuple(sorted(submitters, key=lambda each: -each.seconds)),
        nodes=tuple(sorted(nodes, key=lambda each: -each.seconds)),
        shows=tuple(sorted(shows, key=lambda each: -each.seconds))
        if any(each.key != NO_SHOW for each in shows)
        else (),
        total=_sum("", hours),
    )


def days_of_show(show_id: int, days: int, *, now: datetime | None = None) -> tuple[WorkSum, ...]:
    """Return what was done for a show on each of the last days (UTC), oldest first."""
    since = _first_day(days, now)
    with reading() as session:
        hours = reads.work_by_hour(session, since, show_id)
    return _by_day(hours, since, days)


def last_hours(count: int = HOURS_A_DAY, *, now: datetime | None = None) -> tuple[WorkSum, ...]:
    """Return the work of the last hours, oldest first, the one that runs now last."""
    this = (now or datetime.now(UTC)).replace(minute=0, second=0, microsecond=0)
    hours = [this - timedelta(hours=back) for back in reversed(range(count))]
    with reading() as session:
        found = {row.key: row for row in reads.work_by_hour(session, hours[0])}
    return tuple(_sum(hour.isoformat(), [found[hour]] if hour in found else []) for hour in hours)


def _first_day(days: int, now: datetime | None) -> datetime:
    today = (now or datetime.now(UTC)).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days - 1)


def _by_day(hours: Iterable[reads.WorkRow], since: datetime, days: int) -> tuple[WorkSum, ...]:
    by_day = defaultdict(list)
    for row in hours:
        by_day[row.key.date()].append(row)
    return tuple(
        _sum(day.date().isoformat(), by_day[day.date()])
        for day in (since + timedelta(days=offset) for offset in range(days))
    )


def _show_title(show_id: int, names: Mapping[int, str]) -> str:
    return names.get(show_id, DELETED_SHOWS) if show_id else NO_SHOW


def _grouped(rows: Iterable[Any], key_of: Callable[[Any], str]) -> list[WorkSum]:
    found = defaultdict(list)
    for row in rows:
        found[key_of(row)].append(row)
    return [_sum(key, group) for key, group in found.items()]


def _sum(key: str, rows: Iterable[reads.WorkRow]) -> WorkSum:
    rows = list(rows)
    return WorkSum(
        key=key,
        done_count=sum(row.done_count for row in rows),
        failed_count=sum(row.failed_count for row in rows),
        seconds=sum(row.seconds for row in rows),
    )
