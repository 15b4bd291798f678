"""Which files a download of a shot's frames holds: recorded ones only, as they were published."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Select, func, select

from brender_farm.db.core import reading
from brender_farm.db.models import Frame, Shot
from brender_farm.db.reads.shots import require_shot
from brender_farm.domain.frames import FrameList
from brender_farm.domain.paths import MAX_NAME_BYTES
from brender_farm.domain.states import FrameState
from brender_farm.errors import Fault, FrameSyntaxError, RequestRefused
from brender_farm.service.files import picture_path


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadFile:
    """A file of a download: where it was found, and how large."""

    folder: Path
    """The shot's output folder, without links."""
    name: str
    """What it is called below that folder, and in the download."""
    byte_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """The frames of a shot that somebody wants to take along."""

    name: str
    """The shot's name as a file may have it."""
    files: tuple[DownloadFile, ...]
    missing: tuple[str, ...]
    """What is recorded and not there as it was published, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadFacts:
    """How much there is to take along."""

    picture_count: int
    picture_bytes: int
    has_more: bool
    """Whether files were published beside pictures."""


def download_facts(shot_id: int) -> DownloadFacts:
    """Return how many finished pictures a shot has. Raises NotFound."""
    with reading() as session:
        shot = require_shot(session, shot_id)
        done = Frame.shot_id == shot.id, Frame.state == FrameState.DONE
        size = session.scalar(select(func.sum(Frame.byte_count)).where(*done)) or 0
        more = select(Frame.frame).where(*done, Frame.files != []).limit(1)
        return DownloadFacts(
            picture_count=shot.done_count,
            picture_bytes=int(size),
            has_more=session.scalar(more) is not None,
        )


def frame_download(shot_id: int, frames: str = "", *, beside: bool = False) -> Download:
    """Return the finished files among these frames (notation; empty: all) that are on the disk.

    With `beside` also what was published beside the pictures. Raises NotFound, and RequestRefused
    for what is no notation.
    """
    chosen = _chosen(frames)
    with reading() as session:
        shot = require_shot(session, shot_id)
        rows = session.execute(_done_files(shot_id, chosen)).all()
        session.expunge(shot)
    folder = _Folder(Path(shot.output_dir).resolve())
    found = _Found()
    for row in rows:
        if chosen is not None and row.frame not in chosen:
            continue
        found.add(folder, picture_path(shot, row.frame).name, row.byte_count)
        for file in (row.files or ()) if beside else ():
            found.add(folder, file["name"], file["byte_count"])
    return Download(name=_plain_name(shot), files=tuple(found.files), missing=tuple(found.missing))


def download_name(shot_id: int) -> str:
    """Return a shot's name without what a file's name cannot have. Raises NotFound."""
    with reading() as session:
        return _plain_name(require_shot(session, shot_id))


def _plain_name(shot: Shot) -> str:
    kept = "".join(sign if sign.isalnum() or sign in "._- " else "_" for sign in shot.name)
    short = kept.strip(". ").encode()[: MAX_NAME_BYTES - 55].decode(errors="ignore")
    return short or f"shot-{shot.id}"


def _done_files(shot_id: int, chosen: frozenset[int] | None) -> Select[Any]:
    wanted = select(Frame.frame, Frame.byte_count, Frame.files).where(
        Frame.shot_id == shot_id, Frame.state == FrameState.DONE
    )
    if chosen is not None:
        wanted = wanted.where(Frame.frame.between(min(chosen), max(chosen)))
    return wanted.order_by(Frame.frame)


def _chosen(frames: str) -> frozenset[int] | None:
    if not frames.strip():
        return None
    try:
        return frozenset(FrameList.parse(frames))
    except FrameSyntaxError as error:
        raise RequestRefused(Fault(field="frames", message=str(error), remedy="")) from error


@dataclass(slots=True)
class _Folder:
    """A shot's output folder; what lies in it is told from what links lead to."""

    path: Path
    _inside: dict[str, bool] = field(default_factory=dict)

    def file(self, name: str) -> Path | None:
        """Return where a recorded file is; None when that would lead out of the folder."""
        plain = PurePosixPath(name)
        if plain.is_absolute() or ".." in plain.parts:
            return None
        parent = str(plain.parent)
        if parent not in self._inside:
            where = (self.path / plain.parent).resolve()
            self._inside[parent] = where.is_relative_to(self.path)
        return self.path / plain if self._inside[parent] else None


@dataclass(slots=True)
class _Found:
    files: list[DownloadFile] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(self, folder: _Folder, name: str, byte_count: int | None) -> None:
        path = folder.file(name)
        size = _size(path, byte_count) if path is not None else "it is not in the output folder"
        if isinstance(size, str):
            self.missing.append(f"{name}: {size}")
        else:
            self.files.append(DownloadFile(folder=folder.path, name=name, byte_count=size))


def _size(path: Path, byte_count: int | None) -> int | str:
    """Return how many bytes a file has, or why it cannot be taken along."""
    try:
        status = os.lstat(path)
    except OSError as error:
        return error.strerror or "it cannot be read"
    if not stat.S_ISREG(status.st_mode):
        return "it is not an ordinary file"
    if byte_count is not None and status.st_size != byte_count:
        return f"it has {status.st_size:,} bytes, not the {byte_count:,} it was published with"
    return status.st_size
