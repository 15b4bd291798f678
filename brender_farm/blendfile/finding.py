"""Finding .blend files by name in a folder and all that is below it."""

from __future__ import annotations

import os
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from brender_farm.blendfile.browse import BlendEntry, as_blend, is_shown, natural
from brender_farm.domain.paths import confine, resolve_roots

MAX_FOUND = 200
_MAX_SCANNED = 100_000
"""Most entries that are looked at, in all folders together."""
_PATIENCE_S = 1.5
"""How long is searched; shared storage may take milliseconds a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBlends:
    """The files whose name has a word in it, those near the folder first."""

    blends: tuple[BlendEntry, ...]
    truncated: bool
    """Whether there may be more: the search was given up, or found too many."""


def find_blends(folder: Path | None, word: str, roots: tuple[Path, ...]) -> FoundBlends:
    """Search a folder and those below it, or all roots, level by level.

    Hidden folders and links to folders are not entered. Raises RequestRefused outside the roots.
    """
    real_roots = resolve_roots(roots)
    places = [confine(folder, roots, "folder")] if folder is not None else list(real_roots)
    waiting, found, wanted = deque(places), list[BlendEntry](), word.casefold()
    left, ends_at = _MAX_SCANNED, time.monotonic() + _PATIENCE_S
    while waiting and left > 0 and len(found) < MAX_FOUND and time.monotonic() < ends_at:
        place = waiting.popleft()
        here, below, count = _scan(place, wanted, real_roots, left)
        left -= count
        found += sorted(here, key=lambda blend: natural(blend.name))
        waiting.extend(sorted(below, key=lambda path: natural(path.name)))
    is_cut = bool(waiting) or left <= 0 or len(found) > MAX_FOUND
    return FoundBlends(blends=tuple(found[:MAX_FOUND]), truncated=is_cut)


def _scan(
    place: Path, word: str, roots: tuple[Path, ...], most: int
) -> tuple[list[BlendEntry], list[Path], int]:
    """Return the files that match, the folders to go on with, and how many entries there were."""
    blends, folders, count = list[BlendEntry](), list[Path](), 0
    try:
        with os.scandir(place) as entries:
            for count, entry in enumerate(entries, start=1):
                if count > most:
                    break
                if not is_shown(entry):
                    continue
                if word in entry.name.casefold() and (blend := as_blend(entry, roots)):
                    blends.append(blend)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
    except OSError:
        return blends, folders, count  # it may not be read, or went away meanwhile
    return blends, folders, count
