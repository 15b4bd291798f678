"""Where a shot of a show goes that has an output pattern."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from brender_farm.domain.formats import ImageFormat
from brender_farm.domain.output_pattern import (
    DEFAULT_PADDING,
    OutputPattern,
    PatternRefused,
    read_pattern,
    safe_name,
)
from brender_farm.errors import Fault
from brender_farm.service.output import choose_output
from brender_farm.service.requests import Existing
from brender_farm.service.shapes.shows import ShowFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where frames go, and what their files are called."""

    folder: Path
    file_prefix: str = ""
    padding: int = DEFAULT_PADDING
    """Digits of the frame number in a file's name; larger numbers simply take more."""


def pattern_values(show: str, *, shot: str, scene: str, user: str, on: date) -> dict[str, str]:
    """Return what a pattern's fields stand for, each fit to be a file's name."""
    return {
        "show": safe_name(show, "show"),
        "shot": safe_name(shot, "shot"),
        "scene": safe_name(scene, "scene"),
        "user": safe_name(user, "user"),
        "date": on.isoformat(),
    }


def pattern_target(
    show: ShowFacts,
    values: Mapping[str, str],
    *,
    existing: Existing,
    fmt: ImageFormat,
    taken: Container[str],
) -> Target | Fault:
    """Return where the show's pattern puts a shot: a new version, or the latest one.

    `taken` are the folders that unfinished shots write to.
    """
    root = Path(show.root)
    try:
        pattern = read_pattern(show.output_pattern)
        if not pattern.has_version:
            return _unversioned(root, pattern, values, existing=existing, fmt=fmt, taken=taken)
        versions = _versions(root, pattern, values)
        if existing is not Existing.NEW_VERSION:
            return _target(root, pattern, values, max(versions, default=1))
        target = _target(root, pattern, values, number := max(versions, default=0) + 1)
        while str(target.folder) in taken:
            target = _target(root, pattern, values, number := number + 1)
    except PatternRefused as error:
        return Fault(
            field="output",
            message=f"The output pattern of the show {show.name} cannot be used: {error}",
            remedy="Change the pattern, or give an output folder.",
        )
    return target


def _unversioned(
    root: Path,
    pattern: OutputPattern,
    values: Mapping[str, str],
    *,
    existing: Existing,
    fmt: ImageFormat,
    taken: Container[str],
) -> Target:
    """Use the very folder while it holds no frames, then `v001`, `v002`, … inside it."""
    target = _target(root, pattern, values, 1)
    folder = choose_output(
        base=target.folder, always_version=False, existing=existing, fmt=fmt, taken=taken,
        prefix=target.file_prefix,
    )  # fmt: skip
    return Target(folder=folder, file_prefix=target.file_prefix, padding=target.padding)


def _target(root: Path, pattern: OutputPattern, values: Mapping[str, str], version: int) -> Target:
    folders, prefix = pattern.fill(values, version)
    return Target(folder=root.joinpath(*folders), file_prefix=prefix, padding=pattern.padding)


def _versions(root: Path, pattern: OutputPattern, values: Mapping[str, str]) -> list[int]:
    """Return the versions of this very shot that there are."""
    above, name = pattern.version_place(values)
    try:
        found = [name.fullmatch(entry.name) for entry in root.joinpath(*above).iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    numbers = {int(match[1]) for match in found if match}
    return [n for n in numbers if _target(root, pattern, values, n).folder.is_dir()]
