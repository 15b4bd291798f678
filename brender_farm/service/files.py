"""Files that may be shown: only those the database has recorded, and no link in their stead."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from brender_farm.beneath import open_below
from brender_farm.db.core import current_settings, reading
from brender_farm.db.models import Chunk, Shot
from brender_farm.db.reads.frames import done_frame
from brender_farm.domain.formats import FORMATS
from brender_farm.domain.paths import confine
from brender_farm.domain.places import frame_name, log_path
from brender_farm.errors import NotFound, RequestRefused

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that was opened to be sent; whoever has it closes it."""

    name: str
    file: BinaryIO


def frame_file(shot_id: int, frame: int) -> Path:
    """Return the file of a finished frame. Raises NotFound when it is not finished."""
    with reading() as session:
        shot = session.get(Shot, shot_id)
        if shot is None or done_frame(session, shot_id, frame) is None:
            raise NotFound(f"Shot {shot_id} has no finished frame {frame}.")
        return picture_path(shot, frame)


def recorded_picture(shot_id: int, frame: int) -> tuple[Path, str]:
    """Return a finished frame's file, in its folder without links, and its digest.

    The digest is empty when it is not known. Raises NotFound when the frame is not finished, or its
    folder leads out of the farm's roots.
    """
    with reading() as session:
        shot = session.get(Shot, shot_id)
        stored = done_frame(session, shot_id, frame) if shot is not None else None
        if shot is None or stored is None:
            raise NotFound(f"Shot {shot_id} has no finished frame {frame}.")
        path, digest = picture_path(shot, frame), stored.digest or ""
    try:
        return _place(path.parent) / path.name, digest
    except RequestRefused as refusal:
        raise NotFound(f"{path} {_why(refusal)}") from refusal


def picture_path(shot: Shot, frame: int) -> Path:
    """Return where a frame's picture is once it is finished."""
    name = frame_name(frame, shot.padding, FORMATS[shot.format], shot.file_prefix)
    return Path(shot.output_dir) / name


def open_frame(shot_id: int, frame: int) -> OpenedFile:
    """Open the file of a finished frame. Raises NotFound when it is not finished, or gone."""
    path = frame_file(shot_id, frame)
    return _opened(path.parent, path.name)


def open_extra(shot_id: int, frame: int, name: str) -> OpenedFile:
    """Open a file that was published beside a finished frame's picture.

    Raises NotFound when none of that name is recorded, or it is gone.
    """
    with reading() as session:
        shot = session.get(Shot, shot_id)
        stored = done_frame(session, shot_id, frame) if shot is not None else None
        if shot is None or stored is None or name not in {file["name"] for file in stored.files}:
            raise NotFound(f"No file {name!r} is recorded for frame {frame} of shot {shot_id}.")
        folder = Path(shot.output_dir)
    return _opened(folder, name)


def chunk_log(chunk_id: int) -> Path:
    """Return where a chunk's log is; it may not be there yet. Raises NotFound."""
    with reading() as session:
        chunk = session.get(Chunk, chunk_id)
        shot = session.get(Shot, chunk.shot_id) if chunk is not None else None
        if shot is None:
            raise NotFound(f"There is no chunk {chunk_id}.")
        return log_path(Path(shot.output_dir), chunk_id)


def open_log(chunk_id: int) -> BinaryIO | None:
    """Open a chunk's log; None: there is none that can be read.

    Raises NotFound for a chunk that is not there.
    """
    path = chunk_log(chunk_id)
    folder = path.parents[2]
    try:
        return open_below(_place(folder), path.relative_to(folder).as_posix())
    except FileNotFoundError:
        return None
    except (OSError, RequestRefused) as error:
        log.warning("A log is not shown.", extra={"path": str(path), "why": str(error)})
        return None


def _opened(folder: Path, name: str) -> OpenedFile:
    try:
        return OpenedFile(Path(name).name, open_below(_place(folder), name))
    except (OSError, RequestRefused) as error:
        raise NotFound(
            f"{folder / name} {_why(error)}. “Check files” has what is missing rendered again."
        ) from error


def _why(error: OSError | RequestRefused) -> str:
    if isinstance(error, FileNotFoundError):
        return "is gone"
    return f"cannot be shown: {error.strerror if isinstance(error, OSError) else error}"


def _place(folder: Path) -> Path:
    """Return an output folder with its links followed. Raises RequestRefused outside the roots."""
    return confine(folder, current_settings().roots, "output")
