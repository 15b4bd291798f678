"""Checking every part of the farm, whatever of it runs. Nothing is changed but marker files."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from brender_farm.config import Settings
from brender_farm.domain import diagnosis_parts as rules
from brender_farm.domain.diagnosis import Diagnosis, State, exit_status, in_order, unknown, worst
from brender_farm.domain.diagnosis_broker import diagnose_broker
from brender_farm.domain.diagnosis_database import diagnose_backups, diagnose_database
from brender_farm.domain.diagnosis_nodes import diagnose_nodes
from brender_farm.domain.diagnosis_parts import SchedulerFacts, VersionFacts
from brender_farm.domain.diagnosis_storage import diagnose_folders
from brender_farm.domain.node_facts import NodeFacts
from brender_farm.service import doctor_parts as parts
from brender_farm.service.doctor_census import CheckHere
from brender_farm.service.doctor_known import Known
from brender_farm.service.doctor_looks import LIMIT_S, Looks, Seen
from brender_farm.service.doctor_nodes import asked_of, order_of
from brender_farm.service.doctor_storage import marked
from brender_farm.version import VERSION

if TYPE_CHECKING:
    from flask import Flask

Tell = Callable[[str, int, int | None], None]
"""Takes what is looked at now, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What a check of the farm found."""

    diagnoses: tuple[Diagnosis, ...]
    """Part by part, the worst of each first."""
    looked_at: datetime
    seconds: float
    """How long the check took."""
    hostname: str
    """The machine that it was made on."""
    node: str = ""
    """The one node that was asked about; empty: all."""

    @property
    def state(self) -> State:
        """The worst that was found."""
        return worst(self.diagnoses)

    @property
    def exit_status(self) -> int:
        return exit_status(self.diagnoses)


def examine(
    settings: Settings,
    *,
    node: str = "",
    render: bool = True,
    app: Flask | None = None,
    check_here: CheckHere | None = None,
    tell: Tell | None = None,
) -> Examination:
    """Check the farm, or one node of it; `render` has each node render the test frame.

    `app` reads the database; without one it is opened for the check. `check_here` looks at this
    machine where no node answers. Raises NotFound when there is no such node.
    """
    began_s = time.monotonic()
    tell = tell or _tell_nobody
    tell("The farm's parts", 0, None)
    looks = Looks(settings)
    seen = looks.seen(app)
    census = seen.census(node)
    census.names()  # refuses an unknown node before anything is written anywhere
    found: list[Diagnosis] = []
    with marked(seen.folders(), settings.roots) as folders:
        found += diagnose_folders(each.facts for each in folders)
        folders = [each for each in folders if each.facts.is_there and not each.facts.is_hung]
        order = order_of(folders, seen.known.roots if seen.known else (), render=render)
        nodes = census.take(order, check_here, lambda done, total: tell("Nodes", done, total))
    found += _parts(seen, looks)
    found += diagnose_nodes(nodes, asked_of(folders), only=node)
    found += _versions(seen, nodes)
    found += rules.diagnose_clocks(_clocks(seen, nodes))
    if node:
        found = [one for one in found if one.part in _OF_ONE_NODE]
    return Examination(
        diagnoses=in_order(found),
        looked_at=datetime.now(UTC),
        seconds=round(time.monotonic() - began_s, 2),
        hostname=platform.node(),
        node=node,
    )


_OF_ONE_NODE = ("broker", "storage", "nodes", "versions", "clocks")


def _parts(seen: Seen, looks: Looks) -> Iterator[Diagnosis]:
    yield from rules.diagnose_settings(parts.look_at_settings(seen.settings))
    yield from diagnose_broker(seen.broker.facts) if seen.broker else [_too_slow("broker")]
    if seen.is_node_only:
        return
    yield from _database(seen)
    if seen.database is None or seen.database.facts.is_there:
        yield from _scheduler(seen)
        yield from _web(looks)


def _web(looks: Looks) -> Iterator[Diagnosis]:
    dashboard, flower = looks.dashboard(), looks.flower()
    yield rules.diagnose_dashboard(dashboard) if dashboard else _too_slow("dashboard")
    yield rules.diagnose_flower(flower) if flower else _too_slow("flower")


def _database(seen: Seen) -> Iterator[Diagnosis]:
    if seen.database is None:
        yield _too_slow("database")
        return
    yield from diagnose_database(seen.database.facts)
    if seen.known is not None:
        folder = seen.settings.data_dir / "backups"
        newest = parts.newest_backup(folder)
        yield from diagnose_backups(newest, seen.known.works_since, str(folder), datetime.now(UTC))


def _scheduler(seen: Seen) -> Iterator[Diagnosis]:
    if seen.known is None:
        yield unknown(
            "scheduler",
            "Whether it runs is written in the database, which cannot be read.",
            "Mend the database first.",
        )
        return
    yield from rules.diagnose_scheduler(_scheduler_facts(seen, seen.known))


def _scheduler_facts(seen: Seen, known: Known) -> SchedulerFacts:
    broker, pass_at = seen.broker, known.pass_at
    vitals = broker.vitals if broker is not None else None
    return SchedulerFacts(
        seen_ago_s=max(0.0, (seen.began_at - pass_at).total_seconds()) if pass_at else None,
        is_silent=not seen.is_scheduled,
        broker_trouble=known.broker_trouble,
        pass_s=vitals.pass_s if vitals else None,
        longest_s=vitals.longest_s if vitals else None,
        count=seen.schedulers.found(LIMIT_S) if seen.schedulers is not None else None,
        hostname=vitals.hostname if vitals else "",
    )


def _versions(seen: Seen, nodes: Sequence[NodeFacts]) -> list[Diagnosis]:
    """Compare the versions of all that answered; of others the last known does not count."""
    own = VersionFacts(name="here", brender=VERSION, python=platform.python_version())
    others = [
        VersionFacts(name=node.name, brender=node.answer.brender, python=node.answer.python)
        for node in nodes
        if node.answer is not None and not node.is_here
    ]
    silent = {node.name for node in nodes if node.is_online and node.answer is None}
    others += [
        VersionFacts(name=each.name, brender=each.brender)
        for each in (seen.known.nodes if seen.known else ())
        if each.name in silent and each.brender
    ]
    vitals = seen.broker.vitals if seen.broker else None
    if vitals is not None and seen.is_scheduled:
        others.append(VersionFacts(name="scheduler", brender=vitals.version, python=vitals.python))
    return rules.diagnose_versions(own, others) if others else []


def _clocks(seen: Seen, nodes: Sequence[NodeFacts]) -> dict[str, float]:
    """Return how far each other clock is ahead of this machine's."""
    found: dict[str, float] = {}
    if seen.database is not None and seen.database.clock_ahead_s is not None:
        found["database"] = seen.database.clock_ahead_s
    own_ahead_s = seen.broker.ahead_s if seen.broker is not None else None
    if own_ahead_s is None:
        return found
    found["broker"] = -own_ahead_s
    for node in nodes:
        ahead_s = node.answer.clock_ahead_s if node.answer is not None else None
        if ahead_s is not None and not node.is_here:
            found[node.name] = ahead_s - own_ahead_s
    return found


def _too_slow(part: str) -> Diagnosis:
    return unknown(
        part,
        f"Looking at it did not end within {LIMIT_S:.0f} s.",
        "Ask again; if it stays so, see whether its machine and its disk answer at all.",
    )


def _tell_nobody(_what: str, _done: int, _total: int | None) -> None:
    pass
