"""What the database knows of the farm, for a check of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from brender_farm.db.core import create_core_app, db, reading
from brender_farm.db.reads import condition as condition_reads
from brender_farm.db.reads import doctor as reads
from brender_farm.domain.path_mapping import Root

if TYPE_CHECKING:
    from flask import Flask

    from brender_farm.config import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNode:
    """A node as the database has it."""

    name: str
    is_online: bool
    seen_at: datetime
    brender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the database says."""

    pass_at: datetime | None
    """The end of the scheduler's last pass."""
    broker_trouble: str
    """Why the scheduler cannot reach the broker."""
    nodes: tuple[KnownNode, ...]
    shows: dict[str, str]
    """Root → the show whose root it is."""
    roots: tuple[Root, ...]
    """Where the shows' roots are, on the farm and on nodes."""
    works_since: datetime | None
    """When the oldest shot was submitted."""


def read_known(settings: Settings, app: Flask | None) -> Known:
    """Read it in this app, or in one that is made for it. The schema must be this version's."""
    own = app or create_core_app(settings)
    with own.app_context():
        try:
            return _read()
        finally:
            db.session.remove()
            if app is None:
                db.engine.dispose()


def _read() -> Known:
    with reading() as session:
        farm = condition_reads.farm_row(session)
        shows = reads.show_folders(session)
        return Known(
            pass_at=farm.pass_at,
            broker_trouble=farm.broker_trouble,
            nodes=tuple(
                KnownNode(
                    name=row.name,
                    is_online=row.online,
                    seen_at=row.last_seen_at,
                    brender=row.facts.get("brender", ""),
                )
                for row in reads.nodes_to_check(session)
            ),
            shows={row.root: row.name for row in shows},
            roots=tuple(
                Root(row.root, row.root_linux, row.root_macos, row.root_windows) for row in shows
            ),
            works_since=reads.first_submission(session),
        )
