"""The first looks of a check, beside each other: what can be told of each part from here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from brender_farm.config import Settings
from brender_farm.db.probe import Probe, probe
from brender_farm.service import doctor_parts as parts
from brender_farm.service.doctor_broker import BrokerLook, look_at_broker
from brender_farm.service.doctor_census import Census
from brender_farm.service.doctor_known import Known, read_known
from brender_farm.service.doctor_step import Step
from brender_farm.service.doctor_storage import Folder
from brender_farm.service.farm import is_silent

if TYPE_CHECKING:
    from flask import Flask

    from brender_farm.domain.diagnosis_parts import WebFacts

LIMIT_S = 30.0
"""For each part; the nodes have a limit of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the first looks found; None where one did not end in time."""

    settings: Settings
    database: Probe | None
    broker: BrokerLook | None
    known: Known | None
    """What the database says; None: it cannot be read."""
    schedulers: Step[int] | None
    """How many answer; None: nobody can ask."""
    began_at: datetime

    @property
    def is_node_only(self) -> bool:
        """Whether this machine has no farm of its own, and a broker elsewhere."""
        has_none = self.database is not None and not self.database.facts.is_there
        return has_none and self.settings.broker_url is not None

    @property
    def is_scheduled(self) -> bool:
        """Whether a scheduler runs, by its last pass."""
        return self.known is not None and not is_silent(self.known.pass_at)

    def census(self, only: str) -> Census:
        return Census(
            own_name=self.settings.node_name,
            known=self.known.nodes if self.known else (),
            heard_of=self.broker.node_names if self.broker else (),
            is_current=self.is_scheduled,
            is_node_only=self.is_node_only,
            only=only,
            broker_url=self.broker.url if self.broker else None,
        )

    def folders(self) -> list[Folder]:
        """Return the shows' roots and BRENDER_ROOTS, each once."""
        shows = self.known.shows if self.known else {}
        roots = [str(root) for root in self.settings.roots if str(root) not in shows]
        return [
            *(Folder(path=root) for root in roots),
            *(Folder(path=root, show=show) for root, show in shows.items()),
        ]


class Looks:
    """The looks at what can be looked at beside each other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = Step("database", lambda: _probe(settings))
        self._broker = Step("broker", lambda: look_at_broker(settings))
        self._dashboard = Step("dashboard", lambda: parts.look_at_dashboard(settings))
        self._flower = Step("flower", lambda: parts.look_at_flower(settings))

    def seen(self, app: Flask | None) -> Seen:
        database, broker = self._database.found(LIMIT_S), self._broker.found(LIMIT_S)
        known = None
        if database is not None and _is_readable(database):
            known = Step("what is known", lambda: read_known(self._settings, app)).found(LIMIT_S)
        return Seen(
            settings=self._settings,
            database=database,
            broker=broker,
            known=known,
            schedulers=_count_schedulers(broker),
            began_at=datetime.now(UTC),
        )

    def dashboard(self) -> WebFacts | None:
        """Return what the dashboard answered; None: the look did not end in time."""
        return self._dashboard.found(LIMIT_S)

    def flower(self) -> WebFacts | None:
        """Return what Flower answered; None: the look did not end in time."""
        return self._flower.found(LIMIT_S)


def _count_schedulers(broker: BrokerLook | None) -> Step[int] | None:
    if broker is None or broker.url is None:
        return None
    url = broker.url
    return Step("schedulers", lambda: parts.count_schedulers(url))


def _probe(settings: Settings) -> Probe:
    seen = probe(settings.database_url)
    if seen.facts.kind != "SQLite" or not seen.facts.is_there:
        return seen
    kind = parts.file_system_of(Path(make_url(settings.database_url).database or ""))
    return replace(seen, facts=replace(seen.facts, file_system=kind))


def _is_readable(database: Probe) -> bool:
    facts = database.facts
    return facts.is_there and not facts.trouble and facts.revision == facts.newest
