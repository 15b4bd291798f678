"""The .blend browser: a folder, what is below it by name, and the files used last."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from brender_farm.blendfile.browse import list_folder
from brender_farm.blendfile.finding import find_blends
from brender_farm.service.recent import recent_blends
from brender_farm.service.shows import active_root


def shown_folder(asked: Mapping[str, str], roots: tuple[Path, ...]) -> dict[str, Any]:
    """Return what the browser's page shows for an address with `folder` and `search`."""
    folder = asked.get("folder")
    if folder is None:
        folder = active_root() or (str(roots[0]) if len(roots) == 1 else None)
    listing = list_folder(Path(folder) if folder else None, roots)
    word = asked.get("search", "").strip()
    found = find_blends(listing.path, word, roots) if word else None
    return {
        "listing": listing,
        "folders": [item for item in listing.folders if word.casefold() in item.name.casefold()],
        "blends": found.blends if found else listing.blends,
        "found": found,
        "search": asked.get("search", ""),
        "crumbs": crumbs(listing.path, roots),
        "recent": recent_blends(roots) if "folder" not in asked and not word else (),
    }


def crumbs(path: Path | None, roots: tuple[Path, ...]) -> list[tuple[str, Path]]:
    """Return the folders from a root down to `path`, each with the name it is shown by."""
    if path is None:
        return []
    steps = [path, *path.parents]
    inside = [step for step in steps if any(step.is_relative_to(root) for root in roots)]
    inside.reverse()
    return [(str(step) if index == 0 else step.name, step) for index, step in enumerate(inside)]
