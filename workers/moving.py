"""Moving a proven file to its name below a shot's output folder, and never out of it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path, PurePosixPath

from brender_farm.beneath import FOLDER, opened_folder
from brender_farm.domain.places import WORK_FOLDER
from brender_farm.errors import FrameFailed


def move_into_place(file: Path, output_dir: Path, name: str) -> None:
    """Move a file to its name below the output folder; what has the name already is replaced.

    Folders of the name that are missing are made. None may be a link, which could lead anywhere,
    nor may the output folder have become one, or one above it.
    Raises FrameFailed when the name leads elsewhere or the file cannot be moved.
    """
    *folders, last = _parts(name)
    try:
        with contextlib.ExitStack() as opened:
            folder = opened.enter_context(opened_folder(output_dir))
            for part in folders:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, dir_fd=folder)
                folder = _opened(opened, _open_below(folder, part, output_dir))
            os.replace(file, last, dst_dir_fd=folder)
    except OSError as error:
        message = f"{output_dir / name} could not be put in its place: {error.strerror}."
        raise FrameFailed(message) from error


def _parts(name: str) -> tuple[str, ...]:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or path.parts[:1] in {(), (WORK_FOLDER,)}:
        raise FrameFailed(f"{name!r} is no name for a file of a frame: it leads elsewhere.")
    return path.parts


def _opened(opened: contextlib.ExitStack, descriptor: int) -> int:
    opened.callback(os.close, descriptor)
    return descriptor


def _open_below(folder: int, part: str, output_dir: Path) -> int:
    try:
        return os.open(part, FOLDER, dir_fd=folder)
    except NotADirectoryError as error:
        raise FrameFailed(
            f"{part} in {output_dir} is a link or no folder, so the frame's files cannot go there. "
            "Rename or remove it, or give the File Output node another name."
        ) from error
