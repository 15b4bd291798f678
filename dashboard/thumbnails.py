"""Small JPEGs of frames: made when first looked at, kept on disk, never in a render's way."""

from __future__ import annotations

import contextlib
import logging
import re
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

WIDTHS = {"thumb": 320, "film": 640, "large": 1600}
"""Kinds of pictures and their greatest width in pixels."""

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


def _make(wanted: Wanted, source: Path, target: Path) -> Path | None:
    from dashboard.pictures import PictureUnreadable, write_jpeg  # 30 MB, not before it is needed

    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{secrets.token_hex(6)}.jpg")
    try:
        write_jpeg(source, fresh, WIDTHS[wanted.kind])
        _drop_older(wanted, target)
        fresh.replace(target)
    except PictureUnreadable as error:
        log.warning("No thumbnail could be made: %s", error, extra={"source": str(source)})
        return None
    finally:
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
    return target


def _drop_older(wanted: Wanted, target: Path) -> None:
    for old in target.parent.glob(f"{wanted.frame}-{wanted.kind}-*.jpg"):
        with contextlib.suppress(FileNotFoundError):
            old.unlink()
