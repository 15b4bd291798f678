"""Looking at the database, and at what it knows of scheduler and nodes."""

from __future__ import annotations

import shutil
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from brender_farm.config import Settings
from brender_farm.db.core import reading
from brender_farm.db.reads import condition as reads
from brender_farm.masking import mask
from brender_farm.service.farm import is_silent
from brender_farm.service.shapes.condition import (
    ClockOff,
    DatabaseCondition,
    NodesCondition,
    SchedulerCondition,
    VersionCount,
)

_NAMES_SHOWN = 5
_CLOCK_SHOWN_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseLook:
    """What one look at the database tells; scheduler and nodes are None when it failed."""

    database: DatabaseCondition
    scheduler: SchedulerCondition | None = None
    nodes: NodesCondition | None = None


def look_at_database(settings: Settings) -> DatabaseLook:
    """Look at the database, inside an app's context."""
    address = _address(settings.database_url)
    try:
        with reading() as session:
            return DatabaseLook(
                database=_database(session, settings.database_url, address),
                scheduler=_scheduler(session),
                nodes=_nodes(reads.nodes_seen(session)),
            )
    except (SQLAlchemyError, OSError) as error:
        first_line = mask(str(error)).splitlines()[0]
        return DatabaseLook(database=DatabaseCondition(trouble=first_line, address=address))


def _database(session: Session, url: str, address: str) -> DatabaseCondition:
    asked_s = time.perf_counter()
    revision = reads.revision(session)
    answer_s = time.perf_counter() - asked_s
    file = reads.file_of(url)
    return DatabaseCondition(
        kind=reads.database_kind(session),
        version=reads.database_version(session),
        address=address,
        size_bytes=reads.database_bytes(session),
        free_bytes=shutil.disk_usage(Path(file).parent).free if file else None,
        revision=revision,
        answer_s=answer_s,
    )


def _address(url: str) -> str:
    return reads.file_of(url) or mask(url)


def _scheduler(session: Session) -> SchedulerCondition:
    farm = reads.farm_row(session)
    return SchedulerCondition(
        seen_at=farm.pass_at,
        is_silent=is_silent(farm.pass_at),
        broker_trouble=farm.broker_trouble,
    )


def _nodes(rows: Sequence[Any]) -> NodesCondition:
    online = [row for row in rows if row.online]
    clocks = [
        ClockOff(node=row.name, ahead_s=ahead_s)
        for row in online
        if (ahead_s := row.facts.get("clock_off_s")) is not None and abs(ahead_s) >= _CLOCK_SHOWN_S
    ]
    return NodesCondition(
        total=len(rows),
        online=len(online),
        slots=sum(row.slots for row in online),
        versions=_counts({row.name: [row.facts.get("brender") or "unknown"] for row in online}),
        blenders=_counts({row.name: row.facts.get("blender_versions", ()) for row in online}),
        clocks=tuple(sorted(clocks, key=lambda clock: -abs(clock.ahead_s))),
    )


def _counts(versions: Mapping[str, Iterable[str]]) -> tuple[VersionCount, ...]:
    """Count who has what: node → its versions."""
    having: dict[str, list[str]] = defaultdict(list)
    for node, its in versions.items():
        for version in dict.fromkeys(its):
            having[version].append(node)
    return tuple(
        VersionCount(version=version, count=len(names), nodes=tuple(names[:_NAMES_SHOWN]))
        for version, names in sorted(having.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    )
