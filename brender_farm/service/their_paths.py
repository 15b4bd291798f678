"""Paths as artists' machines write them, turned into the farm's own by the roots of its shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from brender_farm.db.core import current_settings, reading
from brender_farm.db.reads.shows import show_roots
from brender_farm.domain.path_mapping import Root, System, to_farm
from brender_farm.domain.paths import is_inside
from brender_farm.service.requests import ShotRequest


def with_own_paths(request: ShotRequest) -> ShotRequest:
    r"""Return a request whose paths are the farm's.

    `L:\lantern\sh010.blend` is the file of the show whose root on Windows is `L:\lantern`. What
    the farm's machine has itself, and what lies under no show's root, stays as it is.
    """
    blend, output = request.blend, request.output
    if _is_own(blend) and (not output or _is_own(output)):
        return request
    with reading() as session:
        roots = show_roots(session)
    return replace(request, blend=_own(blend, roots), output=output and _own(output, roots))


def _is_own(path: str) -> bool:
    return Path(path).is_absolute() and is_inside(Path(path), current_settings().roots)


def _own(path: str, roots: tuple[Root, ...]) -> str:
    """Return the farm's path for one of any kind of machine; the first that has such a root."""
    if _is_own(path):
        return path
    found = (to_farm(path, roots, system) for system in System)
    return next((own for own in found if own != path), path)
