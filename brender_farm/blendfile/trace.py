"""Blender Asset Tracer on a leash: bounded reads, checked files, no cache, no noise."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from blender_asset_tracer import blendfile, bpathlib
from blender_asset_tracer.trace import asset_holding_blocks, blocks2assets, file2blocks

from brender_farm.blendfile.blocks import BlockIndex
from brender_farm.blendfile.container import OpenBlend, open_blend
from brender_farm.errors import BlendFileError

if TYPE_CHECKING:
    from pathlib import Path

    from brender_farm.blendfile.externals import ExternalKind

_MAX_SECONDS = 20.0
_READS_PER_BLOCK = 300
_READS_AT_LEAST = 50_000
_MAX_LIBRARIES = 500

_KINDS: dict[bytes, ExternalKind] = {
    b"IM": "texture",
    b"LI": "library",
    b"MC": "movie clip",
    b"VF": "font",
    b"VO": "volume",
    b"CF": "cache",
    b"ME": "cache",
}

Found = dict[tuple["ExternalKind", str], list[str]]


class TraceLimit(Exception):
    """The trace has read more than any honest file needs, or has taken too long."""


class Leash:
    """How much one trace may still read."""

    def __init__(self) -> None:
        self._reads_left = _READS_AT_LEAST
        self._deadline = time.monotonic() + _MAX_SECONDS

    def allow(self, block_count: int) -> None:
        self._reads_left += _READS_PER_BLOCK * block_count

    def spend(self) -> None:
        self._reads_left -= 1
        if self._reads_left < 0 or time.monotonic() > self._deadline:
            raise TraceLimit


class LeashedFile:
    """A file object that counts its reads and never allocates more than the file holds."""

    def __init__(self, blend: OpenBlend, leash: Leash) -> None:
        self._blend = blend
        self._file = blend.file
        self._leash = leash
        self.tell = self._file.tell
        self.seek = self._file.seek

    def read(self, count: int = -1) -> bytes:
        self._leash.spend()
        left = max(0, self._blend.size_bytes - self._file.tell())
        return self._file.read(left if count < 0 else min(count, left))

    def close(self) -> None:
        """Leave closing to whoever opened the file."""


class LeashedBlend(blendfile.BlendFile):
    """BAT's view of a file that this package has opened and checked."""

    strict_pointer_mode = False
    """A dangling pointer is skipped: Blender writes some itself."""

    def __init__(self, index: BlockIndex, leash: Leash) -> None:
        self._opened = index.blend
        self._leash = leash
        leash.allow(len(index))
        super().__init__(bpathlib.make_absolute(index.blend.path))

    def _open_file(self, path: Path, _mode: str) -> Any:
        self.filepath = self.raw_filepath = path
        self.is_compressed = False
        return LeashedFile(self._opened, self._leash)


class Tracer(file2blocks.BlockIterator):
    """Follows datablocks into libraries, each of them checked before BAT sees it."""

    def __init__(self, leash: Leash, stack: ExitStack, found: Found) -> None:
        super().__init__()
        self._leash = leash
        self._stack = stack
        self._found = found
        self._library_count = 0

    def open_blendfile(self, bfilepath: Path) -> LeashedBlend:
        self._library_count += 1
        if self._library_count > _MAX_LIBRARIES:
            raise TraceLimit
        index = BlockIndex(self._stack.enter_context(open_blend(bfilepath)))
        return LeashedBlend(index, self._leash)

    def _visit_linked_blocks(self, blocks_per_lib: dict[Any, set[Any]]) -> Any:
        """Visit the libraries one at a time, so that a damaged one does not hide the others."""
        for library, blocks in blocks_per_lib.items():
            try:
                yield from super()._visit_linked_blocks({library: blocks})  # type: ignore[no-untyped-call]
            except BlendFileError:
                note(self._found, "damaged library", os.fsdecode(library), "library")

    def _queue_dependencies(self, block: Any) -> None:
        try:
            super()._queue_dependencies(block)
        except TraceLimit:
            raise
        except Exception:  # noqa: BLE001 (BAT raises anything on what it does not know)
            return


def trace(index: BlockIndex, found: Found) -> bool:
    """Fill `found` with kind, full path and users; return whether the trace came to its end."""
    leash = Leash()
    complete = True
    try:
        with ExitStack() as stack:
            tracer = Tracer(leash, stack, found)
            blocks = tracer.iter_blocks(LeashedBlend(index, leash))
            for block in asset_holding_blocks(blocks):
                complete = _trace_block(block, found) and complete
    except Exception:  # noqa: BLE001 (BAT raises anything on what it does not know)
        return False
    return complete


def _trace_block(block: Any, found: Found) -> bool:
    if block.code == b"SO":
        return True
    try:
        for usage in blocks2assets.iter_assets(block):
            if usage.asset_path and not _is_packed(usage.block):
                note(found, _kind(usage), str(usage.abspath), _user(usage))
    except TraceLimit:
        raise
    except Exception:  # noqa: BLE001 (BAT raises anything on what it does not know)
        return False
    return True


def note(found: Found, kind: ExternalKind, path: str, user: str) -> None:
    found.setdefault((kind, os.path.normpath(path)), []).append(user)


def _is_packed(block: Any) -> bool:
    """Whether an image is packed; BAT looks at the field that Blender 2.7 used."""
    return bool(block.code == b"IM" and block.get((b"packedfiles", b"first"), default=0))


def _kind(usage: Any) -> ExternalKind:
    if usage.path_dir_field is not None:
        return "strip"
    if usage.block.dna_type_id == b"NodeShaderTexIES":
        return "light profile"
    kind = _KINDS.get(usage.block.code, "cache")
    return "sequence" if kind == "texture" and usage.is_sequence else kind


def _user(usage: Any) -> str:
    if usage.path_dir_field is not None:
        return "the video sequencer"
    name = usage.block_name
    text = name.decode(errors="replace") if isinstance(name, bytes) else str(name)
    if text == "-unnamed-":
        return "a node"
    return text[2:] if usage.block.code in _KINDS or ".modifiers[" in text else text
