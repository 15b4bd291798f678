"""Files that may be shown: only those the database has recorded."""

from __future__ import annotations

from pathlib import Path

from brender_farm.db.core import reading
from brender_farm.db.models import Chunk, Shot
from brender_farm.db.reads.frames import done_frame
from brender_farm.domain.formats import FORMATS
from brender_farm.domain.paths import confine
from brender_farm.domain.places import frame_name, log_path
from brender_farm.errors import NotFound


def frame_file(shot_id: int, frame: int) -> Path:
    """Return the file of a finished frame. Raises NotFound when it is not finished."""
    with reading() as session:
        shot = session.get(Shot, shot_id)
        if shot is None or done_frame(session, shot_id, frame) is None:
            raise NotFound(f"Shot {shot_id} has no finished frame {frame}.")
        return picture_path(shot, frame)


def recorded_picture(shot_id: int, frame: int) -> tuple[Path, str]:
    """Return a finished frame's file and its digest, empty when that is not known.

    Raises NotFound when it is not finished.
    """
    with reading() as session:
        shot = session.get(Shot, shot_id)
        stored = done_frame(session, shot_id, frame) if shot is not None else None
        if shot is None or stored is None:
            raise NotFound(f"Shot {shot_id} has no finished frame {frame}.")
        return picture_path(shot, frame), stored.digest or ""


def picture_path(shot: Shot, frame: int) -> Path:
    """Return where a frame's picture is once it is finished."""
    name = frame_name(frame, shot.padding, FORMATS[shot.format], shot.file_prefix)
    return Path(shot.output_dir) / name


def extra_file(shot_id: int, frame: int, name: str) -> Path:
    """Return a file that was published beside a finished frame's picture.

    Raises NotFound when none of that name is recorded, and RequestRefused when it leads out of
    the shot's output folder.
    """
    with reading() as session:
        shot = session.get(Shot, shot_id)
        stored = done_frame(session, shot_id, frame) if shot is not None else None
        if shot is None or stored is None or name not in {file["name"] for file in stored.files}:
            raise NotFound(f"No file {name!r} is recorded for frame {frame} of shot {shot_id}.")
        folder = Path(shot.output_dir)
    return confine(folder / name, (folder,), "name")


def chunk_log(chunk_id: int) -> Path:
    """Return where a chunk's log is; it may not be there yet. Raises NotFound."""
    with reading() as session:
        chunk = session.get(Chunk, chunk_id)
        shot = session.get(Shot, chunk.shot_id) if chunk is not None else None
        if shot is None:
            raise NotFound(f"There is no chunk {chunk_id}.")
        return log_path(Path(shot.output_dir), chunk_id)
