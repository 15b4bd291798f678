"""One path of the farm as each kind of machine sees it, and what a pattern makes of an example."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime

from brender_farm.db.core import reading
from brender_farm.db.reads.shows import show_roots
from brender_farm.domain.formats import DEFAULT_FORMAT, FORMATS
from brender_farm.domain.output_pattern import PatternRefused, read_pattern
from brender_farm.domain.path_mapping import Root, System, system_of, to_node
from brender_farm.domain.places import frame_name
from brender_farm.service.shapes.shows import ShowRequest
from brender_farm.service.show_output import pattern_values

TITLES = {System.LINUX: "Linux", System.MACOS: "macOS", System.WINDOWS: "Windows"}
FARM = "The farm"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPath:
    """A path as one kind of machine sees it."""

    system: str
    """linux, macos or windows; empty: only the farm's own machine."""
    title: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowExample:
    """Where frame 1 of a shot `sh010` of a show would be; `fault` says why nowhere."""

    paths: tuple[SystemPath, ...] = ()
    fault: str = ""


def paths_of(path: str) -> tuple[SystemPath, ...]:
    """Return a path as each kind of machine sees it; one alone when no show says otherwise."""
    with reading() as session:
        return _paths(path, show_roots(session))


def show_example(asked: ShowRequest, *, user: str) -> ShowExample:
    """Return what a show that is not saved yet would make of the paths of a shot."""
    root = asked.root.strip().rstrip("/") or "…"
    today = datetime.now().astimezone().date()
    values = pattern_values(asked.name or "show", shot="sh010", scene="Scene", user=user, on=today)
    try:
        pattern = read_pattern(
            asked.output_pattern or "renders/{shot}/v{version:03}/{frame:04}.{ext}"
        )
        folders, prefix = pattern.fill(values, 1)
    except PatternRefused as error:
        return ShowExample(fault=str(error))
    file = frame_name(1, pattern.padding, FORMATS[DEFAULT_FORMAT], prefix)
    nodes = (asked.root_linux.strip(), asked.root_macos.strip(), asked.root_windows.strip())
    return ShowExample(paths=_paths("/".join((root, *folders, file)), (Root(root, *nodes),)))


def _paths(path: str, roots: tuple[Root, ...]) -> tuple[SystemPath, ...]:
    mapped = {system: to_node(path, roots, system) for system in System}
    there = {system: text for system, text in mapped.items() if text != path}
    own = system_of(platform.system())
    if own is not None and own not in there:
        there[own] = path
    found = [
        SystemPath(system=system, title=TITLES[system], path=there[system])
        for system in System
        if system in there
    ]
    if path not in there.values():
        found.append(SystemPath(system="", title=FARM, path=path))
    return tuple(found)
