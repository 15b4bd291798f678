"""Small JPEGs of frames: made when first looked at, kept on disk, never in a render's way."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

from brender_farm.beneath import held_below

log = logging.getLogger(__name__)

WIDTHS = {"thumb": 320, "film": 640, "large": 1600, "full": 16_384}
"""Kinds of pictures and their greatest width in pixels."""
KEPT_KIND = "large"
"""Pictures of this kind stay when the frame is rendered again, for comparing."""
KEPT_OF_A_FRAME = 5
"""How many of them, the newest included."""

WAIT_S = 20.0
_making = threading.BoundedSemaphore(2)
_TAG = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which picture of which frame. `tag` changes when the frame's file does."""

    shot_id: int
    frame: int
    tag: str
    kind: str = "thumb"

    def path(self, folder: Path) -> Path:
        place = folder / str(self.shot_id) / str(self.frame // 1000)
        return place / f"{self.frame}-{self.kind}-{self.tag}.jpg"


def is_tag(text: str) -> bool:
    """Whether this can be a frame's tag: it becomes part of a file's name."""
    return bool(_TAG.match(text))


def thumbnail(wanted: Wanted, source: Path, folder: Path) -> Path | None:
    """Return the kept picture, made from `source` if need be; None if that cannot be.

    `source` is not read when it is a link or lies behind one.
    At most two are made at a time in this process; a caller waits up to 20 s for its turn.
    """
    target = wanted.path(folder)
    if target.exists():
        return target
    if not _making.acquire(timeout=WAIT_S):
        return None
    try:
        return target if target.exists() else _make(wanted, source, target)
    finally:
        _making.release()


def keepsake(wanted: Wanted, source: Path, digest: str, folder: Path) -> bool:
    """Make a picture of a file that may be replaced any moment; return whether it is there.

    It is kept only if the file had this digest and was not replaced meanwhile.
    """
    target, source = wanted.path(folder), source.parent.resolve() / source.name
    if target.exists():
        return True
    with contextlib.suppress(OSError):
        before = _identity(source)
        if _digest(source) != digest:
            return False
        made = thumbnail(wanted, source, folder)
        if made is None:
            return False
        if _identity(source) == before:
            return True
        made.unlink()
    return False


def earlier_picture(wanted: Wanted, folder: Path) -> Path | None:
    """Return the best that was kept of a picture whose file is gone, None if nothing was."""
    for kind in ("full", "large", "film", "thumb"):
        if wanted.kind == "thumb" and kind == "full":
            continue
        kept = Wanted(shot_id=wanted.shot_id, frame=wanted.frame, tag=wanted.tag, kind=kind)
        if kept.path(folder).exists():
            return kept.path(folder)
    return None


def _identity(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _digest(path: Path) -> str:
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=20)).hexdigest()


def _make(wanted: Wanted, source: Path, target: Path) -> Path | None:
    from brender_farm.images.display import PictureUnreadable
    from dashboard.pictures import write_jpeg  # 30 MB, not before it is needed

    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{secrets.token_hex(6)}.jpg")
    try:
        with held_below(source.parent, source.name, target.parent) as held:
            write_jpeg(held, fresh, WIDTHS[wanted.kind], fine=wanted.kind == "full")
        _drop_older(wanted, target)
        fresh.replace(target)
    except (PictureUnreadable, OSError) as error:
        where = {"source": str(source), "error": str(error)}
        log.warning("No thumbnail could be made.", extra=where)
        return None
    finally:
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
    return target


def _drop_older(wanted: Wanted, target: Path) -> None:
    """Remove what was kept of the frame's earlier pictures, but for a few large ones."""
    older = list(target.parent.glob(f"{wanted.frame}-{wanted.kind}-*.jpg"))
    if wanted.kind == KEPT_KIND:
        older = sorted(older, key=_made_at, reverse=True)[KEPT_OF_A_FRAME - 1 :]
    for old in older:
        with contextlib.suppress(FileNotFoundError):
            old.unlink()


def _made_at(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0
