"""A chunk's draft folder, seen from inside Blender: what is written to it, and under which names.

Runs inside Blender, loaded by `inside.py`. Blender makes up the names of an animation's files
itself, so a frame is written beside its target, under names that are known, and then renamed.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Iterator  # noqa: UP035 - Python 3.9

if TYPE_CHECKING:
    from workers.blender.protocol import Message, Refusal
else:
    from brender_protocol import Refusal


@contextlib.contextmanager
def held(folder: Path) -> Iterator[Path]:
    """Give a path by which Blender writes to this very folder, or, once it is removed, nowhere.

    Blender makes the folders of a path that are missing. So it would bring back a draft folder
    that was removed because another node has taken the frames over. Linux only; elsewhere the path
    is the folder's own.
    Raises OSError when the folder is not there.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        by_number = f"/proc/self/fd/{descriptor}"
        yield Path(by_number) if os.path.exists(by_number) else folder  # noqa: PTH110 - hot
    finally:
        os.close(descriptor)


def file_name(frame: int | str, ending: str, suffix: str = "") -> str:
    """Return what Blender is to call a frame's file, or with `#######` what it makes that of."""
    return f".{frame:07d}{suffix}{ending}" if isinstance(frame, int) else f".{frame}{ending}"


def clear_the_way(target: Path, frame: int, suffixes: list[str], ending: str) -> None:
    """Remove what an earlier try has left, so that what is there afterwards is new."""
    for suffix in {"", *suffixes}:
        target.with_name(file_name(frame, ending, suffix)).unlink(missing_ok=True)


def take_views(target: Path, frame: int, suffixes: list[str], ending: str) -> list[Message]:
    """Give the first view's file the target's name and the others' theirs; return the others.

    Raises Refusal when one is missing, and OSError when one cannot be renamed.
    """
    first, *others = suffixes
    # A view that is the only one has its suffix in Blender 4.5, and none in 3.4.
    _rename(target, frame, [first, ""], ending)
    files = []
    for suffix in others:
        view = target.with_name(f"{target.stem}{suffix}{target.suffix}")
        _rename(view, frame, [suffix], ending)
        files.append({"path": str(view), "name": view.name})
    return files


def nothing_written(frame: int, name: str) -> Refusal:
    """Return the refusal for a render that went well but for its file."""
    message = f"Blender rendered frame {frame} but wrote no {name}; see its log."
    return Refusal(message, kind="write", permanent=False)


def _rename(target: Path, frame: int, suffixes: list[str], ending: str) -> None:
    for suffix in suffixes:
        written = target.with_name(file_name(frame, ending, suffix))
        if written.is_file():
            written.replace(target)
            return
    raise nothing_written(frame, target.name)
