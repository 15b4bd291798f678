"""The time zone of this machine, as its clock on the wall shows it, clock changes included.

`datetime.astimezone()` without a zone gives today's offset from UTC for ever; what is reckoned
from that is an hour off beyond the next clock change.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo


class _LocalZone(tzinfo):
    """The system's own zone (`TZ` or /etc/localtime), asked anew for each time."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return None if moment is None else _aware(moment).utcoffset()

    def dst(self, _moment: datetime | None) -> timedelta | None:
        return None  # the system tells the whole offset only

    def tzname(self, moment: datetime | None) -> str | None:
        return None if moment is None else _aware(moment).tzname()

    def fromutc(self, moment: datetime) -> datetime:
        there = datetime.fromtimestamp(moment.replace(tzinfo=UTC).timestamp())  # noqa: DTZ006
        return there.replace(tzinfo=self)


LOCAL = _LocalZone()


def local_time(moment: datetime) -> datetime:
    """Return an aware time as this machine's clock shows it."""
    return moment.astimezone(LOCAL)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None).astimezone()
