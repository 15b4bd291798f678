"""The compositor's File Output nodes: their files go into the frame's folder, nowhere else.

Runs inside Blender, loaded by `inside.py`. The node's folder became `directory` in Blender 5, and
its slots `file_output_items`.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator  # noqa: UP035 - Python 3.9

if TYPE_CHECKING:
    from workers.blender.filenames import safe_folder, safe_path, unused
    from workers.blender.protocol import Message
else:
    from brender_filenames import safe_folder, safe_path, unused

NODE = "CompositorNodeOutputFile"
TREE = "CompositorNodeTree"
MANY_LAYERS = "OPEN_EXR_MULTILAYER"


def output_nodes(scene: Any) -> Iterator[Any]:
    """Yield the nodes of every compositor of the file and of every group, in use or not.

    One may use another, and a sequence strip may render another scene.
    """
    import bpy  # here, because this module is loaded before the pipe is watched

    scenes = [scene, *(other for other in bpy.data.scenes if other != scene)]
    # Since Blender 5 a scene's tree is one of the groups.
    trees = [each.node_tree for each in scenes] if bpy.app.version < (5,) else []
    groups = [group for group in bpy.data.node_groups if group.bl_idname == TREE]
    for tree in [*trees, *groups]:
        yield from (node for node in tree.nodes if node.bl_idname == NODE) if tree else ()


def aim_outputs(scene: Any, folder: str) -> None:
    """Have every node write below this folder, given as Blender reads paths: each into its own.

    They are looked up anew, because a script may have replaced them since the last frame.
    """
    taken: set[str] = set()
    for node in output_nodes(scene):
        name = unused(safe_folder(node.label or node.name, "File Output"), taken)
        _aim(node, f"{folder}/{name}/")


def _aim(node: Any, folder: str) -> None:
    many_layers = node.format.file_format == MANY_LAYERS  # slots are layers: their names no paths
    if hasattr(node, "directory"):
        _change(node, "directory", folder)
        start = safe_path(node.file_name)
        _change(node, "file_name", _numbered(start, "") if many_layers else start)
        for item in () if many_layers else node.file_output_items:
            _change(item, "name", _numbered(safe_path(item.name) or "Image", start))
        return
    # For many layers the folder is followed by what the file's name begins with.
    prefix = node.base_path.replace("\\", "/").rpartition("/")[2] if many_layers else ""
    _change(node, "base_path", folder + safe_path(prefix))
    for slot in node.file_slots:  # no two get the same: Blender sees to that
        _change(slot, "path", safe_path(slot.path) or "Image")


def _numbered(name: str, start: str) -> str:
    """Return the name with a place for the frame, which Blender 5 gives to animations only."""
    return name if "#" in f"{start}{name}".rpartition("/")[2] else f"{name}####"


def _change(thing: Any, attribute: str, value: str) -> None:
    if getattr(thing, attribute) != value:
        setattr(thing, attribute, value)


def fresh_folder(folder: Path) -> None:
    """Make an empty folder in one that is there; what an earlier try left goes.

    Never makes the one above: if that is gone, another node has taken this chunk's frames over.
    """
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)  # noqa: PTH102 - as its neighbour


def files_in(folder: Path) -> list[Message]:
    """Return every file below a folder: where it is, and its name from the folder on."""
    files = (Path(where) / name for where, _, names in os.walk(folder) for name in names)
    return [
        {"path": str(file), "name": file.relative_to(folder).as_posix()} for file in sorted(files)
    ]
