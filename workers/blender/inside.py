"""Runs inside Blender: opens scenes and renders single frames, as told through the pipe.

Started as `python inside.py` with the bpy wheel, or `blender --background --python inside.py`.
Needs Blender 3.0 or later, the standard library, and the modules beside it that are named below.
Commands: open, render, drop, gpus, quit.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator  # noqa: UP035 - Python 3.9

if TYPE_CHECKING:
    from workers.blender.devices import Devices, cycles_preferences
    from workers.blender.drafts import clear_the_way, file_name, held, nothing_written, take_views
    from workers.blender.outputs import aim_outputs, files_in, fresh_folder, output_nodes
    from workers.blender.overrides import NO_CAMERA, apply_settings, output_size
    from workers.blender.protocol import Handler, Message, Refusal, Tell, serve
    from workers.blender.views import view_suffixes
else:
    # By path and under names of their own: sys.path and other names belong to Blender's add-ons.
    for _name in ("protocol", "filenames", "drafts", "views", "outputs", "overrides", "devices"):
        _path = Path(__file__).resolve().with_name(_name + ".py")
        _spec = importlib.util.spec_from_file_location("brender_" + _name, _path)
        sys.modules[_spec.name] = importlib.util.module_from_spec(_spec)
        _spec.loader.exec_module(sys.modules[_spec.name])
    from brender_devices import Devices, cycles_preferences
    from brender_drafts import clear_the_way, file_name, held, nothing_written, take_views
    from brender_outputs import aim_outputs, files_in, fresh_folder, output_nodes
    from brender_overrides import NO_CAMERA, apply_settings, output_size
    from brender_protocol import Refusal, serve
    from brender_views import view_suffixes

bpy: Any = None  # imported by start(), when the pipe is already being watched

LAST_FRAME = 1048574

# What Blender says when a render fails: pattern, kind, whether trying again is pointless, advice.
RENDER_ERRORS = (
    (r"OpenImageDenoise", "denoiser", True, "Turn denoising off, or use a Blender that has it."),
    (r"cannot save|No space left", "write", False, "Check the output folder and its free space."),
    (r"out of memory", "memory", False, "The scene needs more memory than this node has."),
    (r"", "render", False, ""),
)


def start() -> tuple[Message, dict[str, Handler]]:
    """Import bpy and return what `ready` says and the handlers."""
    global bpy  # noqa: PLW0603 - importing takes a second and must not delay the pipe's watch
    import bpy as blender

    bpy = blender
    _be_the_first_to_go()
    work = Work()
    version = ".".join(str(part) for part in bpy.app.version)
    return {"version": version}, {
        "open": work.open,
        "render": work.render,
        "drop": work.drop,
        "gpus": work.gpus,
    }


class Work:
    """The scene that is open, and how to render its frames."""

    def __init__(self) -> None:
        self.scene: Any = None
        self.as_animation = True
        self.has_outputs = False
        self.suffixes = [""]
        self.devices = Devices(cycles_preferences(bpy))

    def open(self, command: Message, _tell: Tell) -> Message:
        """Open a file, choose the scene and apply the settings."""
        began = time.monotonic()
        settings = command["settings"]
        self.scene = None
        _forget_peak()
        _open_file(command["path"], settings["autoexec"])
        scene = _find_scene(command.get("scene"))
        apply_settings(scene, settings)
        self.devices.choose(settings["device"], list(bpy.data.scenes))
        self.as_animation = not settings["autoexec"] and not depends_on_frame_range(scene)
        self.suffixes = view_suffixes(scene.render)
        self.has_outputs = any(output_nodes(scene))
        # Without an ending, which this gives to all files, nobody could read those of the nodes.
        scene.render.use_file_extension = self.has_outputs
        self.scene = scene
        return {
            "type": "opened",
            "blocked_script": bpy.app.autoexec_fail_message if bpy.app.autoexec_fail else None,
            "seconds": time.monotonic() - began,
            **describe(scene),
        }

    def render(self, command: Message, tell: Tell) -> Message:
        """Render one frame to exactly the given path; its other files go beside it."""
        if self.scene is None:
            raise Refusal("No scene is open.", kind="protocol", permanent=True)
        frame, path = command["frame"], command["path"]
        if not 0 <= frame <= LAST_FRAME:
            message = f"Frame {frame} cannot be rendered: Blender's frames are 0 to {LAST_FRAME}."
            raise Refusal(message, kind="frame", permanent=True)
        tell({"type": "started", "frame": frame})
        began = time.monotonic()
        files = self._render_to(frame, Path(path))
        width, height = output_size(self.scene.render)
        return {
            "type": "written",
            "frame": frame,
            "path": path,
            "seconds": time.monotonic() - began,
            "peak_bytes": peak_bytes(),
            "width": width,
            "height": height,
            **files,
        }

    def drop(self, _command: Message, _tell: Tell) -> Message:
        """Close the file and give its memory back; preferences stay."""
        self.scene = None
        bpy.ops.wm.read_homefile(use_empty=True)
        return {"type": "dropped"}

    def gpus(self, _command: Message, _tell: Tell) -> Message:
        """Name the graphics cards that Cycles can render on."""
        return {"type": "gpus", "names": self.devices.names()}

    def _render_to(self, frame: int, target: Path) -> Message:
        """Render, and say which files the frame has beside its picture."""
        ending = self.scene.render.file_extension if self.has_outputs else ".rendering"
        names = target, frame, self.suffixes, ending
        with _render_errors(self.scene, target.parent), held(target.parent) as folder:
            clear_the_way(*names)
            own = self._aim_outputs(frame, target.parent, folder)
            if self.as_animation:
                outcome = self._animation(frame, folder / file_name("#######", ending))
            else:
                outcome = self._still(frame, folder / file_name(frame, ending))
            if "FINISHED" not in outcome:
                raise nothing_written(frame, target.name)
            views = take_views(*names)
        if own is None:
            return {"views": views} if views else {}
        # The node waits for this line, after which nothing about this frame can be in Blender's
        # output any more: there alone Blender tells that a File Output node could not save.
        last_line = f"Frame {frame} has all its files."
        print(last_line, flush=True)
        return {"views": views, "outputs": files_in(own), "last_line": last_line}

    def _aim_outputs(self, frame: int, drafts: Path, folder: Path) -> Path | None:
        """Have the File Output nodes write into a folder of the frame's own; return it."""
        if not self.has_outputs:
            return None
        own = drafts / f".{frame:07d}.files"
        fresh_folder(own)
        aim_outputs(self.scene, _literal(folder / own.name))
        return own

    def _animation(self, frame: int, pattern: Path) -> Any:
        """Evaluate the scene once, as `blender --render-anim` does."""
        scene = self.scene
        scene.render.filepath = _literal(pattern)
        before = scene.frame_start, scene.frame_end
        scene.frame_start = scene.frame_end = frame
        try:
            return bpy.ops.render.render(animation=True, scene=scene.name)
        finally:
            scene.frame_start, scene.frame_end = before

    def _still(self, frame: int, path: Path) -> Any:
        """Leave the frame range alone, and evaluate the scene for the viewport as well.

        That made frames of a heavy mesh 20 % slower, so it is the exception.
        """
        self.scene.frame_set(frame)
        self.scene.render.filepath = _literal(path)
        return bpy.ops.render.render(write_still=True, scene=self.scene.name)


def _open_file(path: str, autoexec: bool) -> None:
    try:
        bpy.ops.wm.open_mainfile(filepath=path, load_ui=False, use_scripts=autoexec)
    except RuntimeError as error:
        message = f"Blender cannot open {path}: {_plain(error)}"
        raise Refusal(message, kind="file", permanent=True) from error


def _find_scene(name: str | None) -> Any:
    if name is None:
        return bpy.context.scene
    scene = bpy.data.scenes.get(name)
    if scene is None:
        have = ", ".join(repr(other.name) for other in bpy.data.scenes)
        message = f"There is no scene {name!r} in this file. It has {have}."
        raise Refusal(message, kind="scene", permanent=True)
    if bpy.context.window is not None:
        bpy.context.window.scene = scene  # what add-ons and drivers take for the current scene
    return scene


def describe(scene: Any) -> Message:
    """Return what the node needs to know about the scene."""
    width, height = output_size(scene.render)
    return {
        "scene": scene.name,
        "width": width,
        "height": height,
        "frame_start": scene.frame_start,
        "frame_end": scene.frame_end,
        "engine": scene.render.engine,
        "camera": scene.camera.name if scene.camera else None,
    }


def depends_on_frame_range(scene: Any) -> bool:
    """Whether pixels may depend on the scene's first and last frame, which must then stay."""
    render = scene.render
    if render.use_stamp and render.use_stamp_frame_range:
        return True
    return any(
        "frame_start" in text or "frame_end" in text
        for driver in _drivers()
        for text in (driver.expression, *_paths(driver))
    )


def _drivers() -> Iterator[Any]:
    for collection in bpy.data.bl_rna.properties:
        if collection.type != "COLLECTION":
            continue
        for block in getattr(bpy.data, collection.identifier):
            animation = getattr(block, "animation_data", None)
            for curve in animation.drivers if animation else ():
                yield curve.driver


def _paths(driver: Any) -> Iterator[str]:
    for variable in driver.variables:
        for target in variable.targets:
            yield target.data_path


@contextlib.contextmanager
def _render_errors(scene: Any, folder: Path) -> Iterator[None]:
    """Turn what Blender says about a failed render into a refusal in plain words."""
    try:
        yield
    except RuntimeError as error:
        text = re.sub(r"/proc/self/fd/\d+", lambda _: str(folder), _plain(error))
        if "no camera" in text:
            raise Refusal(NO_CAMERA.format(scene.name), kind="camera", permanent=True) from error
        _, kind, permanent, advice = next(
            row for row in RENDER_ERRORS if re.search(row[0], text, re.IGNORECASE)
        )
        raise Refusal(f"{text}. {advice}".strip(), kind=kind, permanent=permanent) from error
    except OSError as error:
        message = (
            f"Blender cannot save {error.filename}: {error.strerror}. Check the output folder."
        )
        raise Refusal(message, kind="write", permanent=False) from error


def _plain(error: RuntimeError) -> str:
    """Return Blender's reports without the word in front of each."""
    lines = (line.strip() for line in str(error).splitlines())
    return "; ".join(re.sub(r"^Error: ", "", line).rstrip(".") for line in lines if line)


def _literal(path: Path) -> str:
    """Return the path so that Blender since 4.5 does not read braces in it as a template."""
    text = str(path)
    return text.replace("{", "{{").replace("}", "}}") if bpy.app.version >= (4, 5, 0) else text


def peak_bytes() -> int:
    """Return the most memory this process has held since the scene was opened."""
    with contextlib.suppress(OSError, ValueError), Path("/proc/self/status").open() as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource  # POSIX only

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _forget_peak() -> None:
    """Start the peak again, so that a heavy scene before this one does not count."""
    with contextlib.suppress(OSError), Path("/proc/self/clear_refs").open("w") as peak:
        peak.write("5")


def _be_the_first_to_go() -> None:
    """When memory runs out, let Linux end Blender rather than the node that would report it."""
    with contextlib.suppress(OSError), Path("/proc/self/oom_score_adj").open("w") as score:
        score.write("500")


if __name__ == "__main__":
    serve(start)
