"""What a .blend holds, read without Blender: its scenes, and the files it needs."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from brender_farm.blendfile.blocks import BlockIndex
from brender_farm.blendfile.container import damaged, open_blend
from brender_farm.blendfile.externals import Externals, MissingFile, find_externals
from brender_farm.blendfile.header import read_start
from brender_farm.blendfile.scenes import SceneFacts, read_scenes

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class BlendFacts:
    """One .blend, as it was when it was read."""

    path: Path
    size_bytes: int
    mtime_ns: int
    blender_version: str
    """The Blender that saved it, such as "4.5"."""
    scenes: tuple[SceneFacts, ...]
    active_scene: str
    """The scene Blender opens."""
    missing: tuple[MissingFile, ...]
    external_count: int
    """How many files it needs beside itself, missing ones included."""
    trace_complete: bool
    """False if some of those files may not have been found out."""

    def scene(self, name: str | None = None) -> SceneFacts | None:
        """Return the scene with this name, the active one without a name, None if there is none."""
        wanted = name or self.active_scene
        return next((scene for scene in self.scenes if scene.name == wanted), None)


def inspect(path: Path) -> BlendFacts:
    """Read a .blend's scenes and look for the files it needs.

    What was read is kept while the file's size and modification time stay the same; whether the
    files it needs are there is looked up each time. Raises BlendFileError, with a remedy, for
    anything that is not a whole .blend with a scene.
    """
    try:
        status = path.stat()
    except (OSError, ValueError):
        read_start(path)  # raises, saying why
        raise
    key = (path.absolute(), status.st_size, status.st_mtime_ns)
    content = _read(*key)
    missing = content.externals.missing()
    if missing != content.missing:
        # What has come may need further files, such as a library its textures.
        _read.cache_clear()
        content = _read(*key)
    return BlendFacts(
        path=path,
        size_bytes=status.st_size,
        mtime_ns=status.st_mtime_ns,
        blender_version=content.blender_version,
        scenes=content.scenes,
        active_scene=content.active_scene,
        missing=content.missing,
        external_count=len(content.externals.files),
        trace_complete=content.externals.complete,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    blender_version: str
    scenes: tuple[SceneFacts, ...]
    active_scene: str
    externals: Externals
    missing: tuple[MissingFile, ...]


@functools.lru_cache(maxsize=64)
def _read(path: Path, _size_bytes: int, _mtime_ns: int) -> _Content:
    with open_blend(path) as blend:
        index = BlockIndex(blend)
        scenes, active_scene = read_scenes(index)
        if active_scene is None:
            raise damaged(path, "there is no scene in it")
        externals = find_externals(index)
        return _Content(
            blender_version=blend.header.version,
            scenes=scenes,
            active_scene=active_scene,
            externals=externals,
            missing=externals.missing(),
        )
