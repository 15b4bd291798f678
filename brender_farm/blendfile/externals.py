"""The files a .blend needs beside itself, traced by Blender Asset Tracer (BAT).

BAT knows where every Blender version keeps its paths and follows libraries into other files. It
was not made for hostile input: a circle in a list keeps it busy for ever. So a file is traced only
after its blocks were checked (`BlockIndex`), through a file object that counts what is read, and
not at all where no block can name another file.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from brender_farm.blendfile.blocks import BlockIndex

ExternalKind = Literal[
    "texture",
    "sequence",
    "library",
    "damaged library",
    "movie clip",
    "font",
    "volume",
    "cache",
    "strip",
    "light profile",
]

_IMAGE_FROM_FILES = frozenset({1, 2, 3, 6})  # IMA_SRC_FILE, _SEQUENCE, _MOVIE, _TILED
_ALWAYS_EXTERNAL = (b"LI", b"MC", b"CF", b"VO")
_EXTERNAL_STRUCTS = frozenset(
    {
        b"MeshCacheModifierData",
        b"OceanModifierData",
        b"FluidsimSettings",
        b"FluidDomainSettings",
        b"SmokeDomainSettings",
        b"PointCache",
        b"NodesModifierBake",
        b"NodeShaderTexIES",
        b"CustomDataExternal",
        b"StripElem",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalFile:
    """A file the scene needs beside its .blend."""

    kind: ExternalKind
    path: str
    """In full, as looked for on this machine."""
    used_by: str
    """The names of the datablocks that need it."""


class MissingFile(ExternalFile):
    """A file the scene needs and this machine does not find."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Externals:
    """What a trace found."""

    files: tuple[ExternalFile, ...] = ()
    complete: bool = True
    """False if the trace gave up: the file is too large or too odd to be traced to its end."""

    def missing(self) -> tuple[MissingFile, ...]:
        """Look again which of the files are not there."""
        return tuple(
            MissingFile(kind=file.kind, path=file.path, used_by=file.used_by)
            for file in self.files
            if file.kind == "damaged library" or not is_there(file.path)
        )


def find_externals(index: BlockIndex) -> Externals:
    """Trace the files this .blend needs.

    Packed files, sounds (a frame has none) and Blender's own font do not count.
    """
    if not may_have_externals(index):
        return Externals()
    # BAT reports what it does not understand; nobody reads that here.
    logging.getLogger("blender_asset_tracer").setLevel(logging.CRITICAL)
    from brender_farm.blendfile.trace import trace

    found: dict[tuple[ExternalKind, str], list[str]] = {}
    complete = trace(index, found)
    files = tuple(
        ExternalFile(kind=kind, path=path, used_by=", ".join(sorted(set(names))))
        for (kind, path), names in sorted(found.items())
    )
    return Externals(files=files, complete=complete)


def may_have_externals(index: BlockIndex) -> bool:
    """Whether any block can name another file; costs next to nothing for most files."""
    if any(code in index.by_code for code in _ALWAYS_EXTERNAL):
        return True
    if any(
        image.integer(b"source", default=1) in _IMAGE_FROM_FILES and image.text(b"name")
        for image in index.records(b"IM", b"Image")
    ):
        return True
    if any(font.text(b"name") != "<builtin>" for font in index.records(b"VF", b"VFont")):
        return True
    return not _EXTERNAL_STRUCTS.isdisjoint(index.struct_names())


def is_there(path: str) -> bool:
    """Whether a file, a folder, or one file of a sequence (`*`, `<UDIM>`) exists."""
    try:
        folder, name = os.path.split(path)
        wildcard = next((mark for mark in ("<UDIM>", "<UVTILE>", "*") if mark in name), None)
        if wildcard is None:
            return Path(path).exists()
        start, end = name.split(wildcard, 1)
        with os.scandir(folder) as entries:
            return any(
                entry.name.startswith(start) and entry.name.endswith(end) for entry in entries
            )
    except (OSError, ValueError):
        return False
