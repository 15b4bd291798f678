"""Copies of a .blend that shots render from, so that the original may be worked on meanwhile.

A copy lies beside its original, where relative paths lead to the same textures and libraries;
those themselves are not copied.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import secrets
import shutil
import stat
import string
from dataclasses import dataclass
from pathlib import Path

from brender_farm.blendfile.digest import FileState, digest_of
from brender_farm.errors import BlendBeingWritten, Fault, RequestRefused

_NAME = re.compile(r"\.(.+)\.[a-z]{8}\.brender\.blend\Z", re.DOTALL)
_MAX_STEM_BYTES = 200
"""So that the copy's name fits where the original's did."""
_TRIES = 3
_BLOCK_BYTES = 1024 * 1024

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A copy, and the original as it was when the copy was made: their digests are equal."""

    path: Path
    state: FileState
    original: FileState


def is_snapshot(path: Path) -> bool:
    """Tell by its name whether a file is such a copy."""
    return _NAME.match(path.name) is not None


def make_snapshot(blend: Path) -> Snapshot:
    """Copy a .blend beside itself under a name of its own, read-only and safe on the disk.

    Raises RequestRefused when the folder cannot be written to, BlendBeingWritten when the file
    keeps changing meanwhile, and BlendFileError when it cannot be read.
    """
    for _ in range(_TRIES):
        original = digest_of(blend)
        try:
            copy = _copy(blend)
        except OSError as error:
            raise RequestRefused(_unwritable(blend.parent, error.strerror or str(error))) from error
        try:
            state = digest_of(copy)
        except BaseException:
            remove_snapshot(copy)
            raise
        if state.digest == original.digest:
            return Snapshot(path=copy, state=state, original=original)
        remove_snapshot(copy)
    raise BlendBeingWritten(f"{blend} is being written. Wait until it is saved, then try again.")


def remove_snapshot(path: str | Path) -> bool:
    """Remove a copy; a file whose name is not a copy's is never touched. Tell whether it is gone.

    What cannot be removed stays, with a line in the log: a deleted shot must not come back for it.
    """
    path = Path(path)
    if not is_snapshot(path):
        return False
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("A snapshot stays.", extra={"path": str(path), "error": str(error)})
        return False
    return True


def snapshot_fault(blend: Path) -> Fault | None:
    """Refuse, before anything is copied, a folder that no copy can be written to."""
    if os.access(blend.parent, os.W_OK | os.X_OK):
        return None
    return _unwritable(blend.parent, "permission denied")


def is_a_snapshot_fault(blend: Path) -> Fault | None:
    """Refuse to submit a copy: it goes when its own shot is deleted."""
    found = _NAME.match(blend.name)
    if found is None:
        return None
    return Fault(
        field="blend",
        message=f"{blend.name} is a snapshot that belongs to a shot and goes with it.",
        remedy=f"Submit the file that it was made from ({found[1]}.blend), or copy it to a name "
        "of your own.",
    )


def _copy(blend: Path) -> Path:
    """Copy under a temporary name first: a copy under its own name is whole."""
    stem = blend.stem.encode()[:_MAX_STEM_BYTES].decode(errors="ignore")
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(8))
    copy = blend.with_name(f".{stem}.{letters}.brender.blend")
    draft = copy.with_suffix(".part")
    try:
        with blend.open("rb") as source, draft.open("xb") as target:
            shutil.copyfileobj(source, target, _BLOCK_BYTES)
            target.flush()
            os.fchmod(target.fileno(), _read_only(os.fstat(source.fileno()).st_mode))
            os.fsync(target.fileno())
        draft.rename(copy)
        _settle(copy.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        copy.unlink(missing_ok=True)
        raise
    return copy


def _read_only(mode: int) -> int:
    """Who may read the original may read the copy: nodes run as other users."""
    return (stat.S_IMODE(mode) & 0o444) | stat.S_IRUSR


def _settle(folder: Path) -> None:
    """Let the new name survive a power cut."""
    with contextlib.suppress(OSError):  # some network file systems cannot, and do it by themselves
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _unwritable(folder: Path, why: str) -> Fault:
    return Fault(
        field="snapshot",
        message=f"The snapshot cannot be written into {folder} ({why}).",
        remedy="Give the farm the right and the room to write there, or submit without a snapshot.",
    )
