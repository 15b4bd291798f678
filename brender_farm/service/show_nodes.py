"""Which nodes see a show's root, as far as that can be told.

No node is asked: one that has rendered for the show, or has a scene of it open, sees it; one that
says that it cannot write to a folder of it does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from brender_farm.db.core import reading
from brender_farm.db.models import Show
from brender_farm.db.reads.shows import last_work_by_node, online_nodes, require_show
from brender_farm.domain.path_mapping import System, system_of
from brender_farm.service.show_paths import TITLES

SEEN_DAYS = 7
"""Work for the show in so many days says that a node sees its root."""
MOST_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTrouble:
    """A node that cannot write to a folder of the show now."""

    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRoot:
    """A show's root on one kind of node, and how it is with those that are online."""

    system: str
    title: str
    path: str
    """Empty: nodes of this kind get the farm's own path."""
    online_count: int
    seen_count: int
    """Those that are known to see it."""
    unknown: tuple[str, ...]
    """Names of those of which nothing is known, a few of them."""
    unknown_count: int
    troubles: tuple[NodeTrouble, ...]


def show_roots_on_nodes(show_id: int) -> tuple[ShowRoot, ...]:
    """Return a show's root for each kind of node. Raises NotFound."""
    since = datetime.now(UTC) - timedelta(days=SEEN_DAYS)
    with reading() as session:
        show = require_show(session, show_id)
        worked = last_work_by_node(session, show_id, since)
        nodes = list(online_nodes(session))
        return tuple(_of_system(show, system, nodes, worked) for system in System)


def _of_system(
    show: Show, system: System, nodes: Iterable[Any], worked: Mapping[int, datetime]
) -> ShowRoot:
    online = [node for node in nodes if system_of(node.facts.get("os", "")) is system]
    troubles = [
        NodeTrouble(name=node.name, why=why)
        for node in online
        for folder, why in node.unwell.items()
        if _is_below(folder, show.root)
    ]
    troubled = {trouble.name for trouble in troubles}
    well = [node for node in online if node.name not in troubled]
    unknown = [node.name for node in well if not _sees(node, show.root, worked)]
    return ShowRoot(
        system=system,
        title=TITLES[system],
        path=getattr(show, f"root_{system}"),
        online_count=len(online),
        seen_count=len(well) - len(unknown),
        unknown=tuple(unknown[:MOST_NAMED]),
        unknown_count=len(unknown),
        troubles=tuple(troubles[:MOST_NAMED]),
    )


def _sees(node: Any, root: str, worked: Mapping[int, datetime]) -> bool:
    return node.id in worked or any(_is_below(blend, root) for blend in node.warm)


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(f"{root.rstrip('/')}/")
