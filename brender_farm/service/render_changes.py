"""What a submission changes about how its scene is rendered: fitted to the scene and the format.

What was asked for and does not fit is refused. What a preset filled in and does not fit is left
out: a preset for EXR says nothing about a shot that somebody wants as JPEG.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from brender_farm.blendfile.scenes import SceneFacts
from brender_farm.domain.formats import ImageFormat
from brender_farm.errors import Fault
from brender_farm.service import render_values as values
from brender_farm.service.gathering import Gatherer
from brender_farm.service.limits import shown
from brender_farm.service.render_fit import engine_misfits, format_misfits
from brender_farm.service.requests import ShotRequest
from brender_farm.wire import RenderChanges

_MOST_NAMED = 12
_MOST_LAYERS = 100


def read_render(
    request: ShotRequest,
    scene: SceneFacts,
    fmt: ImageFormat,
    good: Gatherer,
    *,
    filled: Collection[str] = (),
) -> RenderChanges:
    """Understand a request's render settings; each fault goes to `good`.

    `filled` names the fields that a preset filled in.
    """
    read = {
        "engine": good(values.read_engine(request.engine)),
        "percentage": good(values.read_percentage(request.percentage)),
        "samples": good(values.read_samples(request.samples)),
        "denoise": good(values.read_denoise(request.denoise)),
        "camera": good(read_camera(request.camera, scene)),
        "view_layers": good(read_view_layers(request.view_layers, scene)),
        "color_depth": good(values.read_color_depth(request.color_depth)),
        "quality": good(values.read_quality(request.quality)),
        "compression": good(values.read_compression(request.compression)),
        "exr_codec": good(values.read_exr_codec(request.exr_codec)),
    }
    asked: dict[str, Any] = {
        name: value for name, value in read.items() if not values.is_empty(value)
    }
    engine = asked.get("engine") or values.find_engine(scene.engine) or scene.engine
    if asked.get("denoise") is False and engine != "CYCLES":
        del asked["denoise"]  # nothing else does
    for fault in (*engine_misfits(engine, asked), *format_misfits(fmt, asked)):
        if fault.field not in filled:
            good(fault)
        del asked[fault.field]
    return RenderChanges(**asked)


def read_camera(name: str | None, scene: SceneFacts) -> str | Fault:
    """Return one of the scene's cameras; empty: as the scene says."""
    if name is None or not name.strip():
        return ""
    known = dict.fromkeys((*scene.cameras, *((scene.camera,) if scene.camera else ())))
    for camera in (name, name.strip()):
        if camera in known:
            return camera
    return Fault(
        field="camera",
        message=f"The scene {scene.name!r} has no camera {shown(name)}.",
        remedy=_choose(known, "Add one in Blender and save the file."),
    )


def read_view_layers(names: Sequence[str] | str | None, scene: SceneFacts) -> list[str] | Fault:
    """Return the view layers to render, in the scene's order; none: as the scene says."""
    wanted = {names} if names in scene.view_layers else set(_split(names))
    unknown = sorted(wanted - set(scene.view_layers))
    if not unknown and len(wanted) <= _MOST_LAYERS:
        return [layer for layer in scene.view_layers if layer in wanted]
    if not unknown:
        message = f"{len(wanted)} view layers are more than can be chosen."
        remedy = f"Choose {_MOST_LAYERS} at most, or none for those that the scene renders."
        return Fault(field="view_layers", message=message, remedy=remedy)
    return Fault(
        field="view_layers",
        message=f"The scene {scene.name!r} has no view layer {shown(unknown[0])}.",
        remedy=_choose(scene.view_layers, "Leave it out."),
    )


def _split(names: Sequence[str] | str | None) -> list[str]:
    listed = names.split(",") if isinstance(names, str) else (names or ())
    return [name.strip() if isinstance(names, str) else name for name in listed if name.strip()]


def _choose(known: Collection[str], otherwise: str) -> str:
    if not known:
        return otherwise
    more = f", … ({len(known)} in all)" if len(known) > _MOST_NAMED else ""
    return f"Choose one of: {', '.join([*known][:_MOST_NAMED])}{more}."
