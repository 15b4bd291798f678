"""A list of nodes: found, filtered and put in order, one page of it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from brender_farm.db.core import reading
from brender_farm.db.reads import node_list as reads
from brender_farm.db.reads.nodes import nodes_rev, tags_of
from brender_farm.domain.failures import is_sick
from brender_farm.domain.standing import Standing, standing_of
from brender_farm.domain.states import NodeIntent
from brender_farm.service.shapes.nodes import NodePace, NodePage, NodePart
from brender_farm.service.views import node_row, opens_at

PACE_HOURS = 3
"""Over how many hours, the one that runs now among them, a node's pace is told."""
_SHORTEST_H = 1 / 12
"""Of less than five minutes no pace is told."""
_BY_SAMPLE, _BY_WORK = frozenset({"cpu", "memory", "gpu"}), frozenset({"frames", "failed"})


@dataclass(frozen=True, slots=True)
class _Brief:
    """A node as far as filters and orders go."""

    row: Any
    standing: Standing
    tags: tuple[str, ...]
    pool: str
    system: str
    busy: int
    words: str
    """What a search looks in, in small letters."""


def page_of_nodes(
    page: NodePage, *, after: str | None = None, now: datetime | None = None
) -> NodePart:
    """Return one page of the nodes that match.

    `after` is a node's name, in a list that is sorted by name: those behind it, whatever was added
    or removed meanwhile; the page's number does not count then.
    """
    now = now or datetime.now(UTC)
    with reading() as session:
        busy = reads.busy_slots(session)
        column = page.sort.lstrip("-")
        rows = reads.brief_nodes(session, with_sample=column in _BY_SAMPLE)
        briefs = [_brief(row, busy.get(row.id, 0), now) for row in rows]
        matching = [brief for brief in briefs if _matches(brief, page)]
        counts = Counter(brief.standing for brief in matching)
        if page.state is not None:
            matching = [brief for brief in matching if brief.standing is page.state]
        pace = pace_of_nodes(session, None, now=now) if column in _BY_WORK else {}
        matching = _in_order(matching, page.sort, pace)
        first = (page.number - 1) * page.size if after is None else _place_behind(matching, after)
        ids = [brief.row.id for brief in matching[first : first + page.size]]
        chunks = reads.live_chunks_of_nodes(session, ids)
        return NodePart(
            rows=tuple(
                node_row(node, chunks.get(node.id, {}), now)
                for node in reads.nodes_by_id(session, ids)
            ),
            page=page,
            total=len(matching),
            all_count=len(briefs),
            online_count=sum(brief.row.online for brief in briefs),
            counts={standing: counts[standing] for standing in Standing if counts[standing]},
            pools=tuple(sorted({brief.pool for brief in briefs})),
            tags=tuple(sorted({tag for brief in briefs for tag in brief.tags})),
            systems=tuple(sorted({brief.system for brief in briefs if brief.system})),
            pace=pace or pace_of_nodes(session, ids, now=now),
            tag=str(nodes_rev(session)),
        )


def pace_of_nodes(
    session: Session, ids: Sequence[int] | None, *, now: datetime
) -> dict[int, NodePace]:
    """Return what these nodes did in the last hours, None: all, by id; idle ones are missing.

    A node that began to work only since then is measured from the hour on in which it did.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    since = hour - timedelta(hours=PACE_HOURS - 1)
    return {
        row.node_id: NodePace(
            done_count=row.done_count,
            failed_count=row.failed_count,
            hours=max((now - row.first_at) / timedelta(hours=1), _SHORTEST_H),
        )
        for row in reads.work_of_nodes(session, since, ids)
    }


def _place_behind(briefs: list[_Brief], name: str) -> int:
    """Return where in a list that is sorted by name, ascending, those behind this one begin."""
    return bisect_right(briefs, _by_name(name), key=lambda brief: _by_name(brief.row.name))


def _by_name(name: str) -> tuple[str, str]:
    return name.lower(), name


def _brief(row: Any, busy: int, now: datetime) -> _Brief:
    tags, facts = tags_of(row), row.facts
    pool, system = facts.get("pool", ""), facts.get("os", "")
    return _Brief(
        row=row,
        standing=standing_of_row(row, busy, now),
        tags=tags,
        pool=pool,
        system=system.partition(" ")[0],
        busy=busy,
        words=" ".join((row.name, facts.get("hostname", ""), pool, system, *tags)).lower(),
    )


def standing_of_row(row: Any, busy: int, now: datetime) -> Standing:
    """Return what a node is in one word, by its columns and its busy slots."""
    return standing_of(
        intent=row.intent,
        online=row.online,
        is_sick=row.intent is NodeIntent.DISABLED and is_sick(row.bans_in_row),
        in_trouble=bool(row.trouble),
        is_closed=bool(row.hours) and opens_at(row.hours, now) is not None,
        is_busy=busy > 0,
        is_unwell=bool(row.unwell),
    )


def _matches(brief: _Brief, page: NodePage) -> bool:
    return (
        all(word in brief.words for word in page.search.lower().split())
        and (page.pool is None or brief.pool == page.pool)
        and (not page.tag or page.tag in brief.tags)
        and (not page.system or brief.system == page.system)
    )


def _in_order(briefs: list[_Brief], sort: str, pace: dict[int, NodePace]) -> list[_Brief]:
    """Sort by a column; those without a figure come last whichever way."""
    value = _value_of(sort.lstrip("-"), pace)
    if value is None:
        return briefs
    told = [brief for brief in briefs if value(brief) is not None]
    told.sort(key=value, reverse=sort.startswith("-"))
    return told + [brief for brief in briefs if value(brief) is None]


def _value_of(column: str, pace: dict[int, NodePace]) -> Callable[[_Brief], Any] | None:
    standings = list(Standing)
    nothing = NodePace()
    columns: dict[str, Callable[[_Brief], Any]] = {
        "name": lambda brief: _by_name(brief.row.name),
        "state": lambda brief: standings.index(brief.standing),
        "slots": lambda brief: brief.busy,
        "cpu": lambda brief: brief.row.sample.get("cpu_pct"),
        "memory": _memory_share,
        "gpu": lambda brief: brief.row.sample.get("gpu_pct"),
        "frames": lambda brief: pace.get(brief.row.id, nothing).done_count,
        "failed": lambda brief: pace.get(brief.row.id, nothing).failed_count,
        "seen": lambda brief: brief.row.last_seen_at,
    }
    return columns.get(column)


def _memory_share(brief: _Brief) -> float | None:
    sample = brief.row.sample
    used, total = sample.get("memory_used_bytes"), sample.get("memory_total_bytes")
    return used / total if used is not None and total else None
