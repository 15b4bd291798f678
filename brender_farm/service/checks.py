"""The single checks of a submission: each returns a Fault, or what it understood."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from brender_farm.blendfile.facts import BlendFacts
from brender_farm.blendfile.scenes import SceneFacts
from brender_farm.domain.formats import DEFAULT_FORMAT, FORMATS, ImageFormat, find_format
from brender_farm.domain.picture_size import scaled
from brender_farm.domain.signs import odd_in_name, odd_in_path
from brender_farm.domain.versions import is_wanted, parse_version
from brender_farm.errors import Fault
from brender_farm.service.render_values import PIXELS, is_empty, read_pixels
from brender_farm.service.requests import Existing

MAX_NAME = 120


def priority_fault(priority: int) -> Fault | None:
    if isinstance(priority, int) and 0 <= priority <= 100:
        return None
    return Fault(
        field="priority",
        message=f"{priority} is not a priority.",
        remedy="Give a whole number from 0 (last) to 100 (first); 50 is usual.",
    )


def read_chunk_size(size: int | str) -> int | Fault | None:
    """Return frames per chunk, None for automatic."""
    text = str(size).strip().lower()
    if text in ("auto", ""):
        return None
    if text.isdecimal() and 1 <= int(text) <= 1_000_000:
        return int(text)
    return Fault(
        field="chunk_size",
        message=f"{size!r} is not a chunk size.",
        remedy="Give 1 or more frames per chunk, or 'auto'.",
    )


def read_existing(policy: str) -> Existing | Fault:
    try:
        return Existing(policy)
    except ValueError:
        return Fault(
            field="existing",
            message=f"{policy!r} is not known.",
            remedy=f"Choose one of {', '.join(Existing)}.",
        )


def read_name(name: str | None, blend: Path) -> str | Fault:
    """Return the shot's name: as given, or the file's."""
    text = (name if name is not None and name.strip() else blend.stem).strip()
    odd = odd_in_name(text)
    if len(text) > MAX_NAME or odd:
        return Fault(
            field="name",
            message=f"The name holds {odd}, which is not seen." if odd else "The name is too long.",
            remedy=f"Use 1 to {MAX_NAME} printable characters.",
        )
    return text


def folder_name(name: str) -> str:
    """Return a shot's name as a folder name that every operating system takes."""
    return re.sub(r'[<>:"/\\|?*\s]+', "_", name).strip("._") or "shot"


def choose_scene(facts: BlendFacts, name: str | None) -> SceneFacts | Fault:
    scene = facts.scene(name.strip() if name and name.strip() else None)
    if scene is not None and (odd := odd_in_path(scene.name)):
        return Fault(
            field="scene",
            message=f"The name of the scene {scene.name!r} holds {odd}, which is not seen.",
            remedy="Rename the scene in Blender and save the file.",
        )
    if scene is not None:
        return scene
    return Fault(
        field="scene",
        message=f"The file has no scene {name!r}.",
        remedy=f"Choose one of: {', '.join(scene.name for scene in facts.scenes)}.",
    )


def choose_format(name: str | None, scene: SceneFacts) -> ImageFormat | Fault:
    """Return the format asked for, or the scene's own; a film becomes PNG frames."""
    if name and name.strip():
        found = find_format(name)
        if found is not None:
            return found
        return Fault(
            field="format",
            message=f"{name!r} is not a format this farm renders.",
            remedy=f"Choose one of {', '.join(FORMATS)}.",
        )
    return find_format(scene.format) or FORMATS[DEFAULT_FORMAT]


def choose_size(
    width: float | str | None,
    height: float | str | None,
    scene: SceneFacts,
    percentage: int | None = None,
) -> tuple[int, int, bool] | Fault:
    """Return the finished picture's width and height in pixels, and whether they were given.

    `percentage` is of the given size, or of the scene's resolution; None: as the scene says.
    """
    if is_empty(width) and is_empty(height):
        share = percentage if percentage is not None else scene.percentage
        size, is_given = (scaled(scene.width, share), scaled(scene.height, share)), False
    else:
        across, down = read_pixels("width", width), read_pixels("height", height)
        if not isinstance(across, int) or not isinstance(down, int):
            return _size_fault(width, height)
        share = percentage if percentage is not None else 100
        size, is_given = (scaled(across, share), scaled(down, share)), True
    low, high = PIXELS
    if percentage is not None and not all(low <= pixels <= high for pixels in size):
        return Fault(
            field="percentage",
            message=f"{percentage} % makes it {size[0]:,} × {size[1]:,} pixels.",
            remedy=f"Choose another: Blender renders {low} to {high:,} pixels each way.",
        )
    return *size, is_given


def _size_fault(width: float | str | None, height: float | str | None) -> Fault:
    low, high = PIXELS
    return Fault(
        field="width",
        message=f"{width} × {height} is not a size that can be rendered.",
        remedy=f"Give both width and height, {low} to {high:,} pixels, or neither.",
    )


def version_fault(
    facts: BlendFacts, node_versions: Iterable[str], wanted: str = ""
) -> Fault | None:
    """Refuse what no known node has the Blender for; a farm without nodes refuses nothing."""
    return no_version_fault(facts.blender_version, node_versions, wanted)


def no_version_fault(
    blend_version: str, node_versions: Iterable[str], wanted: str = ""
) -> Fault | None:
    """Do the same for a file that was saved by this version."""
    known = sorted(set(node_versions), key=parse_version)
    if not known or any(is_wanted(each, wanted, blend_version) for each in known):
        return None
    if wanted:
        return Fault(
            field="blender",
            message=f"No node has Blender {wanted}; the farm has {', '.join(known)}.",
            remedy="Install that version on a node, or ask for another.",
        )
    return Fault(
        field="blend",
        message=f"It was saved by Blender {blend_version}; the newest on the farm is {known[-1]}.",
        remedy="Install that version on a node, or save the file with an older Blender.",
    )


def warnings_of(facts: BlendFacts, scene: SceneFacts, fmt: ImageFormat) -> tuple[str, ...]:
    """Return what the artist should know, though the shot can be rendered."""
    warnings = [
        f"Missing {missing.kind}: {missing.path} (used by {missing.used_by})."
        for missing in facts.missing
    ]
    if scene.is_film:
        warnings.append(
            f"The file is set to a film format ({scene.format}); "
            f"frames are rendered as {fmt.name} instead."
        )
    return tuple(warnings)


def writable_fault(folder: Path) -> Fault | None:
    """Refuse a folder that cannot be made or written to, looking at what exists of it now."""
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
        return None
    what = "is not a folder" if existing.exists() and not existing.is_dir() else "is not writable"
    return Fault(
        field="output",
        message=f"{existing} {what}.",
        remedy="Choose another output folder, or give the farm the right to write there.",
    )
