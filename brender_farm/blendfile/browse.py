"""The .blend browser: what lies in a folder under the farm's roots."""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from brender_farm.domain.paths import confine, resolve_roots
from brender_farm.domain.signs import odd_in_path
from brender_farm.errors import NotFound

MAX_ENTRIES = 2_000
"""Most entries of one folder that are listed."""

_MAX_SCANNED = 50_000
"""Most entries of one folder that are looked at: a frame folder can hold a million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderEntry:
    """A folder that can be opened."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class BlendEntry:
    """A .blend that can be chosen."""

    name: str
    path: Path
    size_bytes: int
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """One folder's content, or the roots themselves when `path` is None."""

    path: Path | None
    parent: Path | None
    """None at a root and in the list of roots."""
    folders: tuple[FolderEntry, ...]
    blends: tuple[BlendEntry, ...]
    truncated: bool = False
    """Whether there is more in the folder than is listed."""


def list_folder(folder: Path | None, roots: tuple[Path, ...]) -> FolderListing:
    """List the folders and .blend files in a folder, or the roots when `folder` is None.

    Hidden entries, and those that may not be read or lead outside the roots, are left out.
    Raises RequestRefused outside the roots and NotFound where there is no readable folder.
    """
    if folder is None:
        return _list_roots(roots)
    place = confine(folder, roots, "folder")
    entries, cut = _scan(place)
    real_roots = resolve_roots(roots)
    folders = [found for entry in entries if (found := _as_folder(entry, real_roots))]
    blends = [blend for entry in entries if (blend := as_blend(entry, real_roots))]
    folders.sort(key=lambda item: natural(item.name))
    blends.sort(key=lambda item: natural(item.name))
    room = max(0, MAX_ENTRIES - len(folders))
    return FolderListing(
        path=place,
        parent=None if place in real_roots else place.parent,
        folders=tuple(folders[:MAX_ENTRIES]),
        blends=tuple(blends[:room]),
        truncated=cut or len(folders) + len(blends) > MAX_ENTRIES,
    )


def _list_roots(roots: tuple[Path, ...]) -> FolderListing:
    there = tuple(root for root in dict.fromkeys(resolve_roots(roots)) if root.is_dir())
    return FolderListing(
        path=None,
        parent=None,
        folders=tuple(FolderEntry(name=str(root), path=root) for root in there),
        blends=(),
    )


def _scan(place: Path) -> tuple[list[os.DirEntry[str]], bool]:
    try:
        with os.scandir(place) as found:
            entries = list(itertools.islice(found, _MAX_SCANNED + 1))
    except OSError as error:
        raise NotFound(
            f"{place} is not a folder that can be listed ({error.strerror}). "
            "Check the path, and that this machine sees it."
        ) from error
    return entries[:_MAX_SCANNED], len(entries) > _MAX_SCANNED


def _as_folder(entry: os.DirEntry[str], roots: tuple[Path, ...]) -> FolderEntry | None:
    if not is_shown(entry) or not _is_dir(entry):
        return None
    path = _target(entry, roots)
    if path is None or not os.access(path, os.R_OK | os.X_OK):
        return None
    return FolderEntry(name=entry.name, path=path)


def as_blend(entry: os.DirEntry[str], roots: tuple[Path, ...]) -> BlendEntry | None:
    """Return the .blend that an entry is; None: it is none, or not one that may be chosen."""
    if not is_shown(entry) or not entry.name.lower().endswith(".blend"):
        return None
    try:
        if not entry.is_file():
            return None
        status = entry.stat()
    except OSError:
        return None
    path = _target(entry, roots)
    if path is None or not os.access(path, os.R_OK):
        return None
    return BlendEntry(
        name=entry.name,
        path=path,
        size_bytes=status.st_size,
        modified_at=datetime.fromtimestamp(status.st_mtime, UTC),
    )


def is_shown(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is not hidden, and its name is one that the farm takes."""
    return not entry.name.startswith(".") and not odd_in_path(entry.name)


def _is_dir(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _target(entry: os.DirEntry[str], roots: tuple[Path, ...]) -> Path | None:
    """Return where the entry is, None if it is a link that leads outside the roots."""
    path = Path(entry.path)
    if not entry.is_symlink():
        return path
    try:
        real = path.resolve()
    except (OSError, RuntimeError):
        return None
    return path if any(real.is_relative_to(root) for root in roots) else None


def natural(name: str) -> list[tuple[int, int, str]]:
    """Sort key that puts shot_2 before shot_10 and ignores case."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [
        (0, int(part[:4000]), part) if part.isascii() and part.isdigit() else (1, 0, part)
        for part in parts
        if part
    ]
