"""Which part of the nodes, in which order: read from an address and written into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from brender_farm.domain.standing import Standing
from brender_farm.service.shapes.nodes import NodePage
from dashboard.paging import MAX_SEARCH_CHARS, whole

VIEWS = ("cards", "table")
MOST_CARDS = 24
"""A farm with more nodes is shown as a table, unless somebody chooses cards."""
TABLE_ROWS = 50
TABLE_SIZES = (50, 100, 200)
NO_POOL = "-"
COLUMNS = (
    ("name", "Node"),
    ("state", "State"),
    ("work", "Renders"),
    ("slots", "Slots"),
    ("cpu", "CPU"),
    ("memory", "Memory"),
    ("gpu", "GPU"),
    ("frames", "Frames/h"),
    ("failed", "Failed"),
    ("seen", "Seen"),
)
SORTABLE = frozenset(key for key, _ in COLUMNS) - {"work"}


def node_page_of(args: Mapping[str, str], *, cards: bool) -> NodePage:
    """Read a page from query arguments; what makes no sense falls back to the default."""
    state, sort, pool = args.get("state", ""), args.get("sort", ""), args.get("pool", "")
    size = whole(args.get("size"), TABLE_ROWS)
    return NodePage(
        search=args.get("search", "").strip()[:MAX_SEARCH_CHARS],
        state=Standing(state) if state in set(Standing) else None,
        pool={"": None, NO_POOL: ""}.get(pool, pool),
        tag=args.get("tagged", "")[:MAX_SEARCH_CHARS],
        system=args.get("os", "")[:MAX_SEARCH_CHARS],
        sort=sort if sort.removeprefix("-") in SORTABLE else "",
        number=max(1, whole(args.get("page"), 1)),
        size=MOST_CARDS if cards else size if size in TABLE_SIZES else TABLE_ROWS,
    )


def node_args_of(page: NodePage, view: str = "", **changes: Any) -> dict[str, Any]:
    """Write a page as query arguments, without those that are at their default.

    `view` is what somebody chose; empty: by the number of nodes. A changed filter or order begins
    at the first page again.
    """
    if changes.keys() - {"number"}:
        changes.setdefault("number", 1)
    page = replace(page, **changes)
    pool = None if page.pool is None else page.pool or NO_POOL
    wanted = {
        "view": (view, ""),
        "search": (page.search, ""),
        "state": (page.state and str(page.state), None),
        "pool": (pool, None),
        "tagged": (page.tag, ""),
        "os": (page.system, ""),
        "sort": (page.sort, ""),
        "page": (page.number, 1),
        "size": (page.size, page.size if page.size not in TABLE_SIZES else TABLE_ROWS),
    }
    return {name: value for name, (value, default) in wanted.items() if value != default}
