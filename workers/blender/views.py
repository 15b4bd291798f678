"""The views of a stereo render: which there are, what their files are called, how big they are.

Runs inside Blender, loaded by `inside.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workers.blender.filenames import safe_folder, unused
    from workers.blender.protocol import Refusal
else:
    from brender_filenames import safe_folder, unused
    from brender_protocol import Refusal

BOTH_EYES = {"left", "right"}
IN_ONE_EXR = "MULTIVIEW"
IN_ONE_PICTURE = "STEREO_3D"
EACH_ITS_OWN = "INDIVIDUAL"


def choose_views(scene: Any, blender_id: str) -> None:
    """Make the views fit the format that the scene is to be saved in.

    Raises Refusal where Blender would write nothing, or crash.
    """
    if not scene.render.use_multiview:
        return
    image, active = scene.render.image_settings, _active(scene.render)
    if not blender_id.startswith("OPEN_EXR") and image.views_format != IN_ONE_PICTURE:
        image.views_format = EACH_ITS_OWN  # nothing but EXR can hold several views
    if image.views_format == IN_ONE_PICTURE and len(active) > 1:
        _check_stereo_3d(scene, blender_id, {view.name for view in active})
    _choose_suffixes(active)


def view_suffixes(render: Any) -> list[str]:
    """Return what is put behind a frame's number for each of its files, the first view first."""
    if not render.use_multiview or render.image_settings.views_format != EACH_ITS_OWN:
        return [""]
    return [view.file_suffix for view in _active(render)] or [""]


def stereo_size(render: Any, width: int, height: int) -> tuple[int, int]:
    """Return the size of the picture that holds both eyes, when they are put into one."""
    image = render.image_settings
    together = render.use_multiview and image.views_format == IN_ONE_PICTURE
    if not together or image.stereo_3d_format.use_squeezed_frame or len(_active(render)) < 2:
        return width, height
    mode = image.stereo_3d_format.display_mode
    return width * (1 + (mode == "SIDEBYSIDE")), height * (1 + (mode == "TOPBOTTOM"))


def _active(render: Any) -> list[Any]:
    """Return the views that are rendered, in Blender's order (BKE_scene_multiview)."""
    stereo = render.views_format == "STEREO_3D"
    return [view for view in render.views if view.use and (not stereo or view.name in BOTH_EYES)]


def _check_stereo_3d(scene: Any, blender_id: str, names: set[str]) -> None:
    if blender_id == "OPEN_EXR_MULTILAYER":
        message = (
            f"The scene {scene.name!r} saves stereo 3D, which multilayer EXR cannot hold. "
            "Choose Individual or Multi-View under Views in Blender, or another format."
        )
        raise Refusal(message, kind="views", permanent=True)
    if names != BOTH_EYES:
        message = (
            f"The scene {scene.name!r} saves stereo 3D, which takes the views 'left' and 'right' "
            f"and no others; it has {', '.join(sorted(names))}. Choose Individual in Blender."
        )
        raise Refusal(message, kind="views", permanent=True)


def _choose_suffixes(active: list[Any]) -> None:
    """Make them parts of a file's name, each another, so that no view replaces another."""
    taken: set[str] = set()
    for view in active:
        mark = "-" if view.file_suffix.startswith("-") else "_"
        core = safe_folder(view.file_suffix.lstrip("-"), "") or safe_folder(view.name, "view")
        view.file_suffix = unused(mark + core, taken)
