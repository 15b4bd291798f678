"""The farm on one page: what was just rendered, what goes on, what needs somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from brender_farm.db.core import reading
from brender_farm.db.models import Shot
from brender_farm.db.reads import overview as reads
from brender_farm.db.reads.ahead import GOING_STATES
from brender_farm.db.reads.shots import archived_count, counts_by_state
from brender_farm.domain.time_left import TimeLeft
from brender_farm.service.foresight import current_forecast
from brender_farm.service.shapes.shots import ShotRow
from brender_farm.service.statistics import WorkSum, last_hours
from brender_farm.service.stuck import count_stuck
from brender_farm.service.views import shot_row, with_time_left

_NEWS = timedelta(hours=24)
"""How long a shot that failed is news."""
STRIP_FRAMES = 12
SHOTS_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class StripFrame:
    """A frame of the film strip: one of those finished last, of any shot."""

    shot_id: int
    shot_name: str
    frame: int
    node: str
    tag: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The farm now and in the last day."""

    counts: dict[str, int]
    """Shots by state."""
    strip: tuple[StripFrame, ...]
    """Newest first."""
    rendering: tuple[ShotRow, ...]
    """By priority, highest first."""
    troubled: tuple[ShotRow, ...]
    """Shots that wait for somebody: paused by the farm, or failed since yesterday."""
    stuck_count: int
    """Frames that render for far longer than they should."""
    hours: tuple[WorkSum, ...]
    """The last 24, oldest first; the last one is not over yet."""
    slot_count: int
    queue_left: TimeLeft | None
    """When all that is queued will be done; None: nothing is, or it cannot be told."""
    tag: str
    """Changes when a shot or a node does."""
    is_empty: bool
    """Whether the farm knows no shot at all."""

    @property
    def day(self) -> WorkSum:
        """The last 24 hours together."""
        return WorkSum(
            key="",
            done_count=sum(hour.done_count for hour in self.hours),
            failed_count=sum(hour.failed_count for hour in self.hours),
            seconds=sum(hour.seconds for hour in self.hours),
        )

    def busy_share(self, hour: WorkSum) -> float:
        """Return how much of today's slots an hour's work would have kept busy, 0.0 to 1.0."""
        return min(1.0, hour.seconds / (3600 * self.slot_count)) if self.slot_count else 0.0


def overview() -> Overview:
    """Look at the farm as a whole."""
    hours = last_hours()
    told = current_forecast()
    with reading() as session:
        counts = counts_by_state(session)
        return Overview(
            # A forecast may be some seconds old: what has ended since is not foretold any more.
            queue_left=told.queue if any(counts[state] for state in GOING_STATES) else None,
            tag=reads.farm_tag(session),
            counts=counts,
            is_empty=not (any(counts.values()) or archived_count(session)),
            strip=tuple(map(strip_frame, reads.newest_frames(session, STRIP_FRAMES))),
            rendering=tuple(
                with_time_left(row, told)
                for row in _rows(reads.rendering_shots(session, SHOTS_SHOWN))
            ),
            troubled=_rows(reads.troubled_shots(session, datetime.now(UTC) - _NEWS, SHOTS_SHOWN)),
            stuck_count=count_stuck(session, datetime.now(UTC)),
            hours=hours,
            slot_count=reads.slot_count(session),
        )


def overview_tag() -> str:
    """Return a tag that changes when a shot or a node does."""
    with reading() as session:
        return reads.farm_tag(session)


def strip_frame(row: Any) -> StripFrame:
    """Return a row of `newest_frames` as the film strip shows it."""
    return StripFrame(
        shot_id=row.shot_id,
        shot_name=row.shot_name,
        frame=row.frame,
        node=row.node,
        tag=(row.digest or "")[:16],
        at=row.at,
    )


def _rows(shots: list[Shot]) -> tuple[ShotRow, ...]:
    return tuple(shot_row(shot) for shot in shots)
