"""What was found of the database, and what that means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from brender_farm.domain.diagnosis import Diagnosis, broken, size, warning, well

PART = "database"
LEAST_ROOM_BYTES = 100_000_000
LITTLE_ROOM_BYTES = 1_000_000_000
SLOW_WRITE_S = 1.0
BACKUP_DAYS = 7
NETWORK_SYSTEMS = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "9p", "ncpfs", "afs", "webdav"),
        *("glusterfs", "ceph", "lustre", "beegfs", "gpfs", "fuse.sshfs", "fuse.glusterfs"),
        *("fuse.ceph-fuse", "fuse.juicefs", "fuse.s3fs", "fuse.rclone", "ocfs2", "gfs2"),
    )
)
"""File systems on which SQLite's locks and shared memory cannot be relied on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts:
    """What a look at the database and a write to it have found."""

    kind: str
    """SQLite or PostgreSQL."""
    address: str
    """Its file, or its address without the password."""
    is_there: bool = True
    """Whether there is one; an SQLite file may not have been made yet."""
    trouble: str = ""
    """Why it cannot be read; then nothing below is known."""
    version: str = ""
    revision: str = ""
    """Its schema; empty: it has none."""
    newest: str = ""
    """The schema that this Brender needs."""
    write_trouble: str = ""
    """Why nothing can be written, found by a write that was taken back."""
    write_s: float = 0.0
    damage: str = ""
    """What the check of its structure complains of."""
    is_proven: bool = True
    """Whether that check came to its end."""
    byte_count: int = 0
    free_bytes: int | None = None
    """On its file's disk; None: it is elsewhere."""
    file_system: str = ""
    """Of its file's disk, as the system calls it; empty: not known, or elsewhere."""


def diagnose_database(facts: DatabaseFacts) -> list[Diagnosis]:
    """Return what is wrong with the database, or that it is well."""
    if not facts.is_there:
        return [
            broken(
                PART,
                f"There is no database at {facts.address}: no farm was started here yet.",
                "Start one: brender up. If there is a farm, set BRENDER_DATA_DIR or "
                "BRENDER_DATABASE_URL as its processes have them.",
            )
        ]
    if facts.trouble:
        return [_unreadable(facts)]
    return [*_schema(facts), *_writes(facts), *_disk(facts)] or [well(PART, _summary(facts))]


def diagnose_backups(
    newest_at: datetime | None, works_since: datetime | None, folder: str, now: datetime
) -> list[Diagnosis]:
    """Judge the age of the last backup; `works_since` is the age of what would be lost."""
    old = now - timedelta(days=BACKUP_DAYS)
    if newest_at is not None and newest_at < old:
        days = (now - newest_at).days
        return [warning(PART, f"The last backup in {folder} is {days} days old.", _BACK_UP)]
    if newest_at is None and works_since is not None and works_since < old:
        return [warning(PART, f"There is no backup in {folder}.", _BACK_UP)]
    return []


_BACK_UP = "Run brender backup now and by a timer each night (cron, systemd)."


def _unreadable(facts: DatabaseFacts) -> Diagnosis:
    remedy = (
        f"See that {facts.address} is a database and that this account may read it; put a backup "
        "in its place if it is damaged: brender restore FILE."
        if facts.kind == "SQLite"
        else "Start PostgreSQL, open it to this machine, or correct BRENDER_DATABASE_URL."
    )
    return broken(PART, f"{facts.address} cannot be read: {facts.trouble}", remedy)


def _schema(facts: DatabaseFacts) -> Iterator[Diagnosis]:
    if facts.revision == facts.newest:
        return
    if facts.revision > facts.newest:
        yield broken(
            PART,
            f"Its schema {facts.revision} is newer than this Brender knows ({facts.newest}).",
            "Install the Brender that it was last used with, or a newer one, and start it again.",
        )
        return
    yield broken(
        PART,
        f"Its schema is {facts.revision or 'missing'}; this Brender needs {facts.newest}.",
        "Stop the farm, run brender backup, and start it again (brender up): the start brings it "
        "up to date.",
    )


def _writes(facts: DatabaseFacts) -> Iterator[Diagnosis]:
    if facts.write_trouble:
        yield broken(
            PART,
            f"Nothing can be written to {facts.address}: {facts.write_trouble}",
            "Give the farm's account the right to write to it and its folder, make room on its "
            "disk, or end what holds it locked.",
        )
    elif facts.write_s > SLOW_WRITE_S:
        yield warning(
            PART,
            f"A write took {facts.write_s:.1f} s.",
            "Move it to a quicker disk, or see what else keeps it busy.",
        )
    if facts.damage:
        yield broken(
            PART,
            f"Its structure is damaged: {facts.damage}",
            "Stop the farm and put the last backup in its place: brender restore FILE.",
        )


def _disk(facts: DatabaseFacts) -> Iterator[Diagnosis]:
    free = facts.free_bytes
    if free is not None and free < LITTLE_ROOM_BYTES:
        make = broken if free < LEAST_ROOM_BYTES else warning
        yield make(
            PART,
            f"Its disk has only {size(free)} left.",
            f"Make room where {facts.address} is: when it is full, nothing is recorded any more.",
        )
    if facts.file_system in NETWORK_SYSTEMS:
        yield warning(
            PART,
            f"{facts.address} is on a network file system ({facts.file_system}), where SQLite's "
            "locks do not hold.",
            "Set BRENDER_DATA_DIR to a folder on a disk of this machine, or use PostgreSQL "
            "(BRENDER_DATABASE_URL).",
        )


def _summary(facts: DatabaseFacts) -> str:
    room = f", {size(facts.free_bytes)} left" if facts.free_bytes is not None else ""
    proof = "" if facts.is_proven else "; too large to prove its structure in time"
    return (
        f"{facts.kind} {facts.version} at {facts.address}: schema {facts.revision}, "
        f"a write took {1000 * facts.write_s:.0f} ms, {size(facts.byte_count)}{room}{proof}"
    )
