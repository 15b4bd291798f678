"""Looking at the settings, the web servers, the schedulers and the disk that the database is on."""

from __future__ import annotations

import stat
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import psutil

from brender_farm.config import LOOPBACK_HOSTS, PREFIX, Settings, given_names
from brender_farm.domain.diagnosis_parts import SettingsFacts, WebFacts
from brender_farm.service.environment import strange_variables

WEB_LIMIT_S = 5.0
PING_LIMIT_S = 1.5
_MOST_SCHEDULERS = 20
_EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - what BRENDER_HOST may be, not what we bind


def look_at_settings(settings: Settings) -> SettingsFacts:
    known = tuple(f"{PREFIX}{field.name.upper()}" for field in fields(settings))
    return SettingsFacts(
        count=len(known),
        given_count=len(given_names() & set(known)),
        data_dir=str(settings.data_dir),
        strange=strange_variables(settings),
        known=known,
        open_files=tuple(_open_files((Path.cwd() / ".env", settings.data_dir / ".env"))),
    )


def _open_files(paths: Iterable[Path]) -> list[str]:
    """Return those that every account of the machine may read."""
    found = []
    for path in dict.fromkeys(paths):
        try:
            mode = path.stat().st_mode
        except OSError:
            continue
        if stat.S_ISREG(mode) and mode & stat.S_IROTH:
            found.append(str(path))
    return found


def look_at_dashboard(settings: Settings) -> WebFacts:
    host = settings.host
    if host in _EVERYWHERE or host in LOOPBACK_HOSTS:
        host = "127.0.0.1"
    return _ask(f"http://{host}:{settings.port}", "/healthz")


def look_at_flower(settings: Settings) -> WebFacts:
    return _ask(f"http://127.0.0.1:{settings.flower_port}/flower", "/healthcheck")


def _ask(address: str, path: str) -> WebFacts:
    began_s = time.perf_counter()
    try:
        with urllib.request.urlopen(f"{address}{path}", timeout=WEB_LIMIT_S) as answer:  # noqa: S310
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", None) or error
        return WebFacts(address=address, trouble=f"{why}.")
    return WebFacts(address=address, status=status, seconds=time.perf_counter() - began_s)


def count_schedulers(broker_url: str) -> int:
    """Return how many schedulers answer. Raises what Celery raises when the broker is away."""
    from brender_farm.celery_app import SCHEDULER_HOSTNAME, client_app

    replies = client_app(broker_url).control.broadcast(
        "ping",
        destination=[SCHEDULER_HOSTNAME],
        reply=True,
        timeout=PING_LIMIT_S,
        limit=_MOST_SCHEDULERS,
    )
    return len(replies or ())


def file_system_of(path: Path) -> str:
    """Return the kind of file system a path is on, such as `ext4` or `nfs4`; empty: unknown."""
    best, kind = -1, ""
    try:
        mounts = psutil.disk_partitions(all=True)
        resolved = path.resolve()
    except (OSError, psutil.Error):
        return ""
    for mount in mounts:
        place = Path(mount.mountpoint)
        if resolved.is_relative_to(place) and len(place.parts) >= best:
            best, kind = len(place.parts), mount.fstype
    return kind


def newest_backup(folder: Path) -> datetime | None:
    """Return when the newest backup in the farm's own folder was written."""
    try:
        times = [entry.stat().st_mtime for entry in folder.iterdir() if entry.is_file()]
    except OSError:
        return None
    return datetime.fromtimestamp(max(times), UTC) if times else None
