"""Where a submission's frames go: as it asks, as its show's pattern says, or beside the .blend."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import datetime
from pathlib import Path

from brender_farm.config import Settings
from brender_farm.domain.formats import ImageFormat
from brender_farm.domain.paths import confine, expand
from brender_farm.errors import Fault, RequestRefused
from brender_farm.service import checks
from brender_farm.service.output import choose_output, taken_fault
from brender_farm.service.requests import Existing, ShotRequest
from brender_farm.service.shapes.shows import ShowFacts
from brender_farm.service.show_output import Target, pattern_target, pattern_values


def choose_target(
    request: ShotRequest,
    show: ShowFacts | None,
    *,
    settings: Settings,
    blend: Path,
    name: str,
    scene: str,
    submitter: str,
    existing: Existing,
    fmt: ImageFormat,
    taken: Container[str],
) -> Target | Fault:
    """Return the folder to render into, its version included, and what files are called there.

    `taken` are the folders that unfinished shots write to.
    """
    given = request.output is not None and bool(request.output.strip())
    if show is not None and show.output_pattern and not given:
        today = datetime.now().astimezone().date()
        values = pattern_values(show.name, shot=name, scene=scene, user=submitter, on=today)
        found = _of_show(show, values, settings, existing=existing, fmt=fmt, taken=taken)
    else:
        wanted = request.output if given else blend.parent / "renders" / checks.folder_name(name)
        try:
            base = confine(expand(str(wanted)), settings.roots, "output")
        except RequestRefused as refusal:
            return refusal.faults[0]
        folder = choose_output(
            base=base, always_version=not given, existing=existing, fmt=fmt, taken=taken
        )
        found = Target(folder=folder)
    if isinstance(found, Fault):
        return found
    return checks.writable_fault(found.folder) or taken_fault(found.folder, taken) or found


def _of_show(
    show: ShowFacts,
    values: Mapping[str, str],
    settings: Settings,
    *,
    existing: Existing,
    fmt: ImageFormat,
    taken: Container[str],
) -> Target | Fault:
    """Return where the show's pattern leads; a link must not lead it out of the show's root."""
    found = pattern_target(show, values, existing=existing, fmt=fmt, taken=taken)
    if isinstance(found, Fault):
        return found
    try:
        confine(show.root, settings.roots, "output")
        folder = confine(found.folder, (Path(show.root),), "output")
    except RequestRefused as refusal:
        return refusal.faults[0]
    return Target(folder=folder, file_prefix=found.file_prefix, padding=found.padding)
