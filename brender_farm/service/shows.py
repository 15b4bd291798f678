"""Shows: which there are, and which one a shot belongs to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from brender_farm.db.core import current_settings, reading
from brender_farm.db.models import Show
from brender_farm.db.reads import shows as reads
from brender_farm.db.reads.presets import all_presets
from brender_farm.db.writes.shows import ACTIVE_SHOW
from brender_farm.domain.paths import is_inside
from brender_farm.errors import Fault, NotFound
from brender_farm.service.farm_settings import setting
from brender_farm.service.shapes.shows import ShowFacts, ShowRow
from brender_farm.service.show_checks import NO_SHOW


def list_shows() -> tuple[ShowRow, ...]:
    """Return every show by name, with what there is of it."""
    with reading() as session:
        return show_rows(session, reads.all_shows(session))


def get_show(show_id: int) -> ShowRow:
    """Return one show. Raises NotFound."""
    with reading() as session:
        return show_rows(session, [reads.require_show(session, show_id)])[0]


def subscriptions_to_show(show_id: int) -> int:
    """Return how many notifications of people are about a show; they end with it."""
    with reading() as session:
        return reads.subscriptions_to(session, show_id)


def find_show(text: str) -> ShowRow:
    """Return the show of this name, in any letter case, or number. Raises NotFound."""
    with reading() as session:
        show = reads.show_named(session, text.strip())
        if show is None and text.strip().isdecimal():
            show = reads.require_show(session, int(text))
        if show is None:
            raise NotFound(f"There is no show {text[:100]!r}. See: brender shows")
        return show_rows(session, [show])[0]


def choose_show(name: str | None, blend: Path) -> ShowFacts | Fault | None:
    """Return the show that a shot belongs to; None: to none.

    That is the one named (`none`: none), or else the one whose root holds the .blend: the deepest
    such, and the active one of several that share a root.
    """
    with reading() as session:
        active = active_show(session)
        shows = [show_facts(show, active) for show in reads.all_shows(session)]
    if name is not None and name.strip():
        return _named(name.strip(), shows)
    holding = [show for show in shows if blend.is_relative_to(show.root)]
    return max(holding, key=lambda show: (len(Path(show.root).parts), show.is_active), default=None)


def show_rows(session: Session, shows: list[Show]) -> tuple[ShowRow, ...]:
    """Return shows with their counts: the same few queries for any number of shots."""
    active = active_show(session)
    shots = reads.shots_by_show(session)
    presets = {preset.id: preset.name for preset in all_presets(session)}
    return tuple(
        ShowRow(
            **_facts(show, active),
            preset=presets.get(show.preset_id or 0, ""),
            shot_count=getattr(shots.get(show.id), "shot_count", 0),
            unfinished_count=getattr(shots.get(show.id), "unfinished_count", 0),
            done_count=getattr(shots.get(show.id), "done_count", 0),
            seconds=getattr(shots.get(show.id), "seconds", 0.0),
        )
        for show in shows
    )


def show_facts(show: Show, active: int) -> ShowFacts:
    """Return a show as it leaves the service; `active` is the id of the active one."""
    return ShowFacts(**_facts(show, active))


def active_root() -> str:
    """Return the active show's folder; empty when no show is active or its folder is not there."""
    with reading() as session:
        show = session.get(Show, active_show(session))
        root = Path(show.root) if show is not None else None
    is_there = root is not None and is_inside(root, current_settings().roots) and root.is_dir()
    return str(root) if is_there else ""


def active_show(session: Session) -> int:
    """Return the id of the active show; 0: there is none."""
    return int(setting(session, ACTIVE_SHOW))


def _named(name: str, shows: list[ShowFacts]) -> ShowFacts | Fault | None:
    if name.lower() == NO_SHOW:
        return None
    for show in shows:
        if show.name.lower() == name.lower():
            return show
    known = ", ".join(show.name for show in shows)
    return Fault(
        field="show",
        message=f"There is no show {name[:100]!r}.",
        remedy=f"Choose one of {known}." if known else "Add it first: brender shows add",
    )


def _facts(show: Show, active: int) -> dict[str, Any]:
    return {
        "id": show.id,
        "name": show.name,
        "root": show.root,
        "root_linux": show.root_linux,
        "root_macos": show.root_macos,
        "root_windows": show.root_windows,
        "output_pattern": show.output_pattern,
        "preset_id": show.preset_id,
        "auto_run": show.auto_run,
        "notes": show.notes,
        "is_active": show.id == active,
    }
