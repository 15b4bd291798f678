"""Understanding what a show is to be: every fault found at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from brender_farm.db.core import current_settings
from brender_farm.db.models import Preset, Show
from brender_farm.db.reads.shows import show_named
from brender_farm.domain.output_pattern import PatternRefused, read_pattern
from brender_farm.domain.path_mapping import Root, System, agree, join, split
from brender_farm.domain.paths import MAX_PATH_CHARS, confine, expand
from brender_farm.domain.signs import odd_in_name, odd_in_path
from brender_farm.errors import Fault, RequestRefused
from brender_farm.service.limits import shown
from brender_farm.service.shapes.shows import ShowRequest

NO_SHOW = "none"
"""Asked for by this name, a shot belongs to no show, wherever its .blend is."""
MAX_NAME = 100
MAX_NOTES = 2000
_EXAMPLES = {
    System.LINUX: "/mnt/shows/film",
    System.MACOS: "/Volumes/shows/film",
    System.WINDOWS: "Z:\\shows\\film",
}
_TITLES = {System.LINUX: "Linux", System.MACOS: "macOS", System.WINDOWS: "Windows"}


def read_show(session: Session, asked: ShowRequest, show_id: int | None) -> dict[str, object]:
    """Return the values of a show's columns. Raises RequestRefused with every fault.

    `show_id` is the show that is changed; None: it is a new one.
    """
    faults: list[Fault] = []

    def good(read: Callable[[], str]) -> str:
        try:
            return read()
        except RequestRefused as refusal:
            faults.extend(refusal.faults)
            return ""

    roots = {
        f"root_{system}": good(lambda system=system: _node_root(asked, system))  # type: ignore[misc]
        for system in System
    }
    values: dict[str, object] = {
        "name": good(lambda: _name(session, asked.name, show_id)),
        "root": good(lambda: _root(asked.root)),
        "output_pattern": good(lambda: _pattern(asked.output_pattern)),
        "notes": good(lambda: _notes(asked.notes)),
        **roots,
    }
    preset = _preset(session, asked.preset)
    faults += [preset] if isinstance(preset, Fault) else []
    if not faults:
        root = Root(str(values["root"]), *roots.values())
        faults += _clashes(root, _others(session, show_id))
    if faults:
        raise RequestRefused(*faults)
    return values | {"preset_id": preset, "auto_run": asked.auto_run}


def _name(session: Session, text: str, show_id: int | None) -> str:
    name = " ".join(text.split())
    if not name or len(name) > MAX_NAME or odd_in_name(name) or name.lower() == NO_SHOW:
        raise _refusal(
            "name",
            f"{shown(text)} is not a name for a show.",
            f"Use 1 to {MAX_NAME} printable characters, and not the word {NO_SHOW}.",
        )
    other = show_named(session, name)
    if other is not None and other.id != show_id:
        raise _refusal("name", f"There is a show {other.name} already.", "Choose another name.")
    return name


def _root(text: str) -> str:
    root = confine(expand(text.strip()), current_settings().roots, "root")
    if not root.is_dir():
        raise _refusal("root", f"There is no folder {root}.", "Make it, or mount its disk, first.")
    return str(root)


def _node_root(asked: ShowRequest, system: System) -> str:
    field = f"root_{system}"
    text = getattr(asked, field).strip()
    if not text:
        return ""
    steps = split(text, system) if len(text) <= MAX_PATH_CHARS else None
    if steps is None or odd_in_path(text):
        raise _refusal(
            field,
            f"{shown(text)} is not the full path of a folder on {_TITLES[system]}.",
            f"Example: {_EXAMPLES[system]}",
        )
    return join(steps, system)


def _pattern(text: str) -> str:
    pattern = text.strip()
    try:
        if pattern:
            read_pattern(pattern)
    except PatternRefused as error:
        raise _refusal("output_pattern", str(error), "") from error
    return pattern


def _notes(text: str) -> str:
    if len(text) <= MAX_NOTES:
        return text.strip()
    raise _refusal(
        "notes", f"The notes have {len(text):,} characters.", f"Up to {MAX_NOTES:,} are kept."
    )


def _preset(session: Session, name: str) -> int | Fault | None:
    """Return a preset's id by its name, in any letter case; None: for no name."""
    if not name.strip():
        return None
    wanted = select(Preset.id).where(func.lower(Preset.name) == name.strip().lower())
    found = session.scalar(wanted.limit(1))
    return found or Fault(
        field="preset",
        message=f"There is no preset {shown(name)}.",
        remedy="Choose one of: brender presets",
    )


def _others(session: Session, show_id: int | None) -> Sequence[Show]:
    return [show for show in session.scalars(select(Show)) if show.id != show_id]


def _clashes(root: Root, others: Sequence[Show]) -> list[Fault]:
    """Refuse roots that would give one path of a node to the files of two shows."""
    return [
        Fault(
            field=f"root_{system}",
            message=f"{root.on(system)} is not beside {other.name}'s {theirs.on(system)} there as "
            f"{Path(root.farm)} is beside {other.root} here: one path would be of two files.",
            remedy="Give each show its own folder on the nodes, nested as it is here.",
        )
        for other in others
        for system in System
        if not agree(root, theirs := _root_of(other), system)
    ]


def _root_of(show: Show) -> Root:
    return Root(show.root, show.root_linux, show.root_macos, show.root_windows)


def _refusal(field: str, message: str, remedy: str) -> RequestRefused:
    return RequestRefused(Fault(field=field, message=message, remedy=remedy))
