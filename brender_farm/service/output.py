"""Where a shot's frames go, and what is there already."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Container, Sequence
from pathlib import Path

from brender_farm.domain.formats import ImageFormat
from brender_farm.errors import Fault, RequestRefused
from brender_farm.service.requests import Existing

_VERSION = re.compile(r"v(\d{3,})\Z")


def choose_output(
    *,
    base: Path,
    always_version: bool,
    existing: Existing,
    fmt: ImageFormat,
    taken: Container[str],
    prefix: str = "",
) -> Path:
    """Return the folder to render into.

    `taken` are the folders that unfinished shots write to. A base that already holds frames, or
    that is `always_version`ed, gets the next version under `new-version`. `prefix` is what stands
    before the frame number in a file's name.
    """
    if existing is not Existing.NEW_VERSION:
        return _latest_version(base) if always_version else base
    versions = _versions(base)
    if not always_version and not versions and not holds_frames(base, fmt, prefix):
        return base
    number = max(versions, default=0) + 1
    while str(base / f"v{number:03}") in taken:
        number += 1
    return base / f"v{number:03}"


def make_output(folder: Path) -> list[Path]:
    """Make the output folder and prove that it can be written to.

    Returns the folders that were not there before, the outer first. Raises RequestRefused; then
    none of them is left.
    """
    missing: list[Path] = []
    try:
        missing = [place for place in (*reversed(folder.parents), folder) if not place.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".brender-"):
            pass
    except OSError as error:
        remove_made(missing)
        raise RequestRefused(
            Fault(
                field="output",
                message=f"{folder} cannot be written to ({error.strerror}).",
                remedy="Choose another output folder, or give the farm the right to write there.",
            )
        ) from error
    return missing


def remove_made(folders: Sequence[Path]) -> None:
    """Remove these folders, inner first, as far as they are empty."""
    with contextlib.suppress(OSError):  # not empty: it is in use
        for folder in reversed(folders):
            folder.rmdir()


def holds_frames(folder: Path, fmt: ImageFormat, prefix: str = "") -> bool:
    """Tell whether the folder has files that look like frames of this format."""
    pattern = re.compile(rf"{re.escape(prefix)}\d+\.{fmt.extension}\Z")
    try:
        return any(pattern.match(entry.name) for entry in folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return False


def taken_fault(folder: Path, taken: Container[str]) -> Fault | None:
    """Refuse a folder that a shot still writes to: two writers would mix their frames."""
    if str(folder) not in taken:
        return None
    return Fault(
        field="output",
        message=f"An unfinished shot is writing to {folder}.",
        remedy="Choose another folder, or finish or cancel that shot first.",
    )


def _versions(base: Path) -> list[int]:
    try:
        matches = (_VERSION.match(entry.name) for entry in base.iterdir())
        return [int(match[1]) for match in matches if match]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _latest_version(base: Path) -> Path:
    """Where `missing` and `overwrite` of a shot without an output of its own go on."""
    return base / f"v{max(_versions(base), default=1):03}"
