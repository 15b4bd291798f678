"""How each part of the farm is, looked at beside the pages: what hangs holds up nothing."""

from __future__ import annotations

import http.client
import platform
import shutil
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app

from brender_farm.broker.vitals import Vitals
from brender_farm.config import Settings
from brender_farm.db.core import db
from brender_farm.service import trouble as rules
from brender_farm.service.condition_broker import look_at_broker
from brender_farm.service.condition_database import look_at_database
from brender_farm.service.disks import disk_rooms
from brender_farm.service.lookout import Lookout
from brender_farm.service.shapes.condition import (
    Condition,
    DisksCondition,
    FlowerCondition,
    OwnCondition,
    SchedulerCondition,
)
from brender_farm.service.trouble import Trouble
from brender_farm.version import VERSION

_T = TypeVar("_T")

FIRST_PATIENCE_S = 2.5
"""So long the first look at a part that does not answer is waited for."""
PATIENCE_S = 0.3
_FRESH_S = 2.0
_STALE_S = 15.0
_FLOWER_LIMIT_S = 1.5
_OK = 200
_EXTENSION = "brender_condition"
_STARTED_AT = datetime.now(UTC)


def condition() -> Condition:
    """Return how the farm is; a part that does not answer in time is None."""
    return _watch().look()


def watch_condition(app: Flask) -> None:
    """Have an app look at the farm's parts beside its requests."""
    app.extensions[_EXTENSION] = ConditionWatch(app)


def _watch() -> ConditionWatch:
    app = current_app._get_current_object()  # type: ignore[attr-defined] # threads need the app itself
    found: ConditionWatch = app.extensions.setdefault(_EXTENSION, ConditionWatch(app))
    return found


class ConditionWatch:
    """Looks at all parts at once, each on a thread of its own, when somebody asks."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.extensions["brender_settings"]
        self._settings = settings
        self._broker = _lookout("broker", lambda: look_at_broker(settings))
        self._database = _lookout("database", lambda: _in_app(app, look_at_database, settings))
        self._disks = _lookout("disks", lambda: _disks(settings))
        self._flower = _lookout("flower", lambda: _flower(settings))
        self._was_asked = False

    def look(self) -> Condition:
        """Return how the farm is, or was some seconds ago."""
        patience_s = PATIENCE_S if self._was_asked else FIRST_PATIENCE_S
        self._was_asked = True
        end_s = time.monotonic() + patience_s
        for lookout in (self._broker, self._database, self._disks, self._flower):
            lookout.start()
        broker, vitals = self._broker.found(end_s - time.monotonic()) or (None, None)
        database = self._database.found(end_s - time.monotonic())
        seen = Condition(
            troubles=(),
            broker=broker,
            database=database.database if database else None,
            scheduler=_with_vitals(database.scheduler, vitals) if database else None,
            nodes=database.nodes if database else None,
            disks=self._disks.found(end_s - time.monotonic()),
            flower=self._flower.found(end_s - time.monotonic()),
            dashboard=OwnCondition(
                version=VERSION,
                python=platform.python_version(),
                hostname=socket.gethostname(),
                started_at=_STARTED_AT,
            ),
            looked_at=datetime.now(UTC),
        )
        return replace(seen, troubles=troubles_of(seen, self._settings))


def troubles_of(seen: Condition, settings: Settings) -> tuple[Trouble, ...]:
    """Return what is wrong, what stops rendering first."""
    found = [
        *rules.database_troubles(seen.database),
        *rules.scheduler_troubles(seen.scheduler, seen.broker),
        *rules.broker_troubles(seen.broker),
        *rules.nodes_troubles(seen.nodes, seen.dashboard.version, settings),
        *rules.disks_troubles(seen.disks),
        *rules.flower_troubles(seen.flower),
    ]
    return tuple(sorted(found, key=lambda trouble: not trouble.severe))


def _lookout(name: str, look: Callable[[], _T]) -> Lookout[_T]:
    return Lookout(f"look at {name}", look, fresh_s=_FRESH_S, stale_s=_STALE_S)


def _in_app(app: Flask, look: Callable[[Settings], _T], settings: Settings) -> _T:
    with app.app_context():
        try:
            return look(settings)
        finally:
            db.session.remove()


def _with_vitals(
    scheduler: SchedulerCondition | None, vitals: Vitals | None
) -> SchedulerCondition | None:
    if scheduler is None or vitals is None or scheduler.is_silent:
        return scheduler
    return replace(
        scheduler,
        pass_s=vitals.pass_s,
        longest_s=vitals.longest_s,
        version=vitals.version,
        hostname=vitals.hostname,
        started_at=vitals.started_at,
        refusals=vitals.refusals,
    )


def _disks(settings: Settings) -> DisksCondition:
    missing = []
    for root in settings.roots:
        try:
            shutil.disk_usage(root)
        except OSError:
            missing.append(str(root))
    return DisksCondition(rooms=disk_rooms(settings.roots), missing=tuple(missing))


def _flower(settings: Settings) -> FlowerCondition:
    parts = urlsplit(f"{settings.local_url}/flower/")
    link = http.client.HTTPConnection(
        parts.hostname or "localhost", parts.port or settings.flower_port, timeout=_FLOWER_LIMIT_S
    )
    try:
        link.request("GET", f"{parts.path}healthcheck")
        answers = link.getresponse().status == _OK
    except (OSError, http.client.HTTPException):
        answers = False
    finally:
        link.close()
    return FlowerCondition(answers=answers, url=settings.flower_url)
