"""What a shot changes about its scene, and the size of the image that comes of it.

Runs inside Blender, loaded by `inside.py`.
"""

from __future__ import annotations

import contextlib
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workers.blender.protocol import Message, Refusal
    from workers.blender.views import choose_views, stereo_size
else:
    from brender_protocol import Refusal
    from brender_views import choose_views, stereo_size

EEVEE_NAMES = ("BLENDER_EEVEE_NEXT", "BLENDER_EEVEE")
ENGINE_NAMES = {"EEVEE": EEVEE_NAMES, "WORKBENCH": ("BLENDER_WORKBENCH",)}
"""What Blender calls the engines that a shot may ask for by another name."""
NO_CAMERA = "The scene {!r} has no camera: add one in Blender, save and submit again."


def apply_settings(scene: Any, settings: Message) -> None:
    """Make the scene render plain images to exact paths, with the shot's changes."""
    render = scene.render
    _choose_engine(scene, settings["engine"])
    for name, key in (("x", "width"), ("y", "height"), ("percentage", "percentage")):
        if settings[key] is not None:
            setattr(render, f"resolution_{name}", settings[key])
    if settings["threads"] is not None:
        render.threads_mode = "FIXED"
        render.threads = settings["threads"]
    _choose_samples(scene, settings["samples"])
    _choose_denoising(scene, settings["denoise"])
    _choose_camera(scene, settings["camera"])
    _choose_view_layers(scene, settings["view_layers"])
    choose_views(scene, settings["format"])
    _choose_format(render, settings["format"])
    _choose_details(render.image_settings, settings)
    render.use_persistent_data = True  # 24 small Cycles frames: 0.37 s instead of 0.56 s
    render.use_file_extension = False
    render.use_overwrite = True
    render.use_placeholder = False
    scene.frame_step = 1


def _choose_format(render: Any, blender_id: str) -> None:
    image = render.image_settings
    if hasattr(image, "media_type"):  # Blender 5 sorts formats into media
        many = blender_id == "OPEN_EXR_MULTILAYER"
        image.media_type = "MULTI_LAYER_IMAGE" if many else "IMAGE"
    image.file_format = blender_id
    if blender_id == "WEBP" and image.color_mode == "BW":
        image.color_mode = "RGB"  # Blender offers grey WebP and then cannot save it


def _choose_details(image: Any, settings: Message) -> None:
    """Set how the format is written; the depth first, because it decides which codecs there are."""
    for name in ("color_depth", "exr_codec", "quality", "compression"):
        value = settings[name]
        if value in (None, ""):
            continue
        try:
            setattr(image, name, value)
        except TypeError as error:  # another format of this Blender's does not offer it
            what = name.replace("_", " ").replace("exr", "EXR")
            message = f"This Blender cannot save {image.file_format} with the {what} {value}."
            raise Refusal(message, kind="format", permanent=False) from error


def _choose_engine(scene: Any, engine: str | None) -> None:
    names = ENGINE_NAMES.get(engine, (engine,)) if engine else ()
    for name in names:
        with contextlib.suppress(TypeError):
            scene.render.engine = name
            return
    if names or not scene.render.engine:
        import bpy  # here, because this module is loaded before the pipe is watched

        wanted = f"engine {engine!r}" if engine else "engine that the scene was saved with"
        message = f"This Blender ({bpy.app.version_string}) has no {wanted}."
        raise Refusal(message, kind="engine", permanent=True)


def _choose_samples(scene: Any, samples: int | None) -> None:
    if samples is None:
        return
    if scene.render.engine == "CYCLES":
        scene.cycles.samples = samples
        scene.cycles.use_layer_samples = "IGNORE"  # or a view layer's own number would stand
    elif scene.render.engine in EEVEE_NAMES:
        scene.eevee.taa_render_samples = samples


def _choose_denoising(scene: Any, wanted: bool | None) -> None:
    if wanted is None or scene.render.engine != "CYCLES":
        return
    if wanted and not _has_denoiser():
        message = (
            "This Blender was built without a denoiser, which the shot asks for. "
            "Turn denoising off, or have it rendered by a Blender that has one."
        )
        raise Refusal(message, kind="denoiser", permanent=False)
    scene.cycles.use_denoising = wanted


def _has_denoiser() -> bool:
    try:
        import _cycles  # type: ignore[import-not-found] # in Blender: what Cycles is built with
    except ImportError:
        return True  # then the render itself will tell
    return bool(getattr(_cycles, "with_openimagedenoise", True))


def _choose_view_layers(scene: Any, names: list[str]) -> None:
    """Render these view layers and no others. Raises Refusal for one that is not there."""
    if not names:
        return
    missing = [name for name in names if scene.view_layers.get(name) is None]
    if missing:
        message = f"The scene {scene.name!r} has no view layer {missing[0]!r}."
        raise Refusal(message, kind="view_layer", permanent=True)
    for layer in scene.view_layers:
        layer.use = layer.name in names
    scene.render.use_single_layer = False  # or only the one that is active on the screen


def _choose_camera(scene: Any, name: str | None) -> None:
    if name is not None:
        camera = scene.objects.get(name)
        if camera is None or camera.type != "CAMERA":
            message = f"The scene {scene.name!r} has no camera named {name!r}."
            raise Refusal(message, kind="camera", permanent=True)
        for marker in scene.timeline_markers:
            marker.camera = None  # or it would switch away again; setting it switches at once
        scene.camera = camera
    if not _can_do_without_camera(scene):
        raise Refusal(NO_CAMERA.format(scene.name), kind="camera", permanent=True)


def _can_do_without_camera(scene: Any) -> bool:
    """Whether a render may work: what a sequencer or compositor needs is for Blender to say."""
    editor = scene.sequence_editor
    strips = editor and (getattr(editor, "strips", None) or getattr(editor, "sequences", None))
    bound = any(marker.camera for marker in scene.timeline_markers)
    composed = scene.render.use_compositing and scene.use_nodes
    return bool(scene.camera or bound or composed or (strips and scene.render.use_sequencer))


def output_size(render: Any) -> tuple[int, int]:
    """Return width and height of the image: percentage, border, crop and both eyes in one.

    Blender multiplies the border in single precision and cuts the fraction off, so does this.
    """
    return stereo_size(render, *_view_size(render))


def _view_size(render: Any) -> tuple[int, int]:
    width = max(1, render.resolution_x * render.resolution_percentage // 100)
    height = max(1, render.resolution_y * render.resolution_percentage // 100)
    if not (render.use_border and render.use_crop_to_border):
        return width, height
    return (
        _cut(render.border_max_x, width) - _cut(render.border_min_x, width),
        _cut(render.border_max_y, height) - _cut(render.border_min_y, height),
    )


def _cut(fraction: float, pixels: int) -> int:
    product: float = struct.unpack("f", struct.pack("f", fraction * pixels))[0]
    return int(product)
