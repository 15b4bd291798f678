"""Understanding what is to be changed of a shot, before anything is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from brender_farm.blendfile.facts import inspect
from brender_farm.blendfile.scenes import SceneFacts
from brender_farm.db.core import reading
from brender_farm.db.reads.dependencies import comes_after
from brender_farm.db.reads.shots import require_shot
from brender_farm.domain.formats import FORMATS
from brender_farm.domain.frames import FrameList, frame_list
from brender_farm.domain.picture_size import unscaled
from brender_farm.errors import BlendFileError, Fault, FrameSyntaxError
from brender_farm.service import checks, needs, waits
from brender_farm.service.blender_versions import farm_versions
from brender_farm.service.first import put_first
from brender_farm.service.gathering import Gatherer
from brender_farm.service.render_changes import read_render
from brender_farm.service.requests import ShotRequest
from brender_farm.service.setting_readers import (
    Columns,
    is_plain,
    read_columns,
    read_name,
    unknown_fault,
)
from brender_farm.service.shot_settings import RENDER_SETTINGS, settings_of
from brender_farm.wire import write


@dataclass(slots=True, kw_only=True)
class Wanted:
    """What a shot is to become; what is None, or not among the columns, stays as it is."""

    columns: Columns = field(default_factory=dict)
    frames: FrameList | None = None
    after: tuple[int, ...] | None = None
    after_frames: tuple[int, ...] | None = None
    sets_start: bool = False
    not_before: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether it changes what the shot waits for."""
        return self.sets_start or self.after is not None or self.after_frames is not None

    @property
    def look(self) -> bool:
        """Whether its frames are to look otherwise."""
        return "render" in self.columns


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What has to be known of the shot for it."""

    settings: dict[str, str]
    frames: FrameList
    blend: str
    blend_version: str
    scene: str
    format: str
    size_given: tuple[int, int] | None
    """The finished picture's, if somebody asked for one."""
    node_versions: list[str]


def understand(shot_id: int, changes: Mapping[str, object]) -> Wanted:
    """Understand changes, by the names of a submission. Raises NotFound, RequestRefused."""
    good = Gatherer()
    for name in changes:
        good(unknown_fault(name))
    good.settle()
    known, wanted = _known(shot_id), Wanted()
    for name, value in changes.items():
        if is_plain(name):
            wanted.columns |= good(read_columns(name, value)) or {}
    if "name" in changes:
        wanted.columns |= good(read_name(changes["name"], known.blend)) or {}
    if "blender" in changes:
        wanted.columns |= good(_blender(known, changes["blender"])) or {}
    if changes.keys() & set(RENDER_SETTINGS):
        wanted.columns |= _look(known, changes, good)
    wanted.frames = good(_frames(known, changes))
    _read_waits(wanted, known, changes, good)
    good.settle()
    return wanted


def _known(shot_id: int) -> _Known:
    with reading() as session:
        shot = require_shot(session, shot_id)
        return _Known(
            settings=settings_of(shot, comes_after(session, shot.id)),
            frames=frame_list(shot.frames),
            blend=shot.source_blend or shot.blend,
            blend_version=shot.blend_version,
            scene=shot.scene,
            format=shot.format,
            size_given=(shot.width, shot.height) if shot.size_given else None,
            node_versions=farm_versions(session),
        )


def _blender(known: _Known, value: object) -> Columns | Fault:
    found = needs.read_blender(None if value is None else str(value))
    if isinstance(found, Fault):
        return found
    fault = checks.no_version_fault(known.blend_version, known.node_versions, found)
    return fault or {"blender": found}


def _look(known: _Known, changes: Mapping[str, object], good: Gatherer) -> Columns:
    """Understand how the frames are to look, by the scene in the file as it is now."""
    asked: dict[str, Any] = {name: known.settings[name] or None for name in RENDER_SETTINGS}
    asked |= {name: changes[name] for name in RENDER_SETTINGS if name in changes}
    try:
        scene = inspect(Path(known.blend)).scene(known.scene)
    except BlendFileError as error:
        good(Fault(field="blend", message=str(error), remedy=""))
        return {}
    if scene is None:
        words = f"{known.blend} has no scene {known.scene!r} any more."
        good(Fault(field="scene", message=words, remedy="Put it back, or submit the file anew."))
        return {}
    request = ShotRequest(blend=known.blend, **asked)
    render = read_render(request, scene, FORMATS[known.format], good)
    columns: Columns = {"render": write(render)}
    if str(render.percentage or "") != known.settings["percentage"]:
        columns |= good(_size(known, scene, render.percentage)) or {}
    return columns


def _size(known: _Known, scene: SceneFacts, percentage: int | None) -> Columns | Fault:
    """Return the size of the finished picture with another percentage."""
    width = height = None
    if known.size_given is not None:
        share = int(known.settings["percentage"] or 100)
        width, height = (unscaled(side, share) for side in known.size_given)
    found = checks.choose_size(width, height, scene, percentage)
    return found if isinstance(found, Fault) else {"width": found[0], "height": found[1]}


def _frames(known: _Known, changes: Mapping[str, object]) -> FrameList | Fault | None:
    """Return the frames in their new order; None: as they are."""
    text, first = str(changes.get("frames") or "").strip(), changes.get("first")
    frames = known.frames
    try:
        if text and text != str(frames):
            frames = FrameList.parse(text)
    except FrameSyntaxError as error:
        return Fault(field="frames", message=str(error), remedy="")
    found = put_first(frames, str(first) if first else None)
    return found if found != known.frames else None


def _read_waits(wanted: Wanted, known: _Known, changes: Mapping[str, Any], good: Gatherer) -> None:
    if "not_before" in changes:
        wanted.sets_start = True
        wanted.not_before = good(waits.read_not_before(changes["not_before"]))
    if "after" in changes:
        wanted.after = good(waits.read_after(changes["after"], "after")) or ()
    if "after_frames" in changes:
        wanted.after_frames = good(waits.read_after(changes["after_frames"], "after_frames")) or ()
        good(waits.unshared_fault(wanted.after_frames, wanted.frames or known.frames))
