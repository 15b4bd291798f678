"""Draft folders as fences: what was rendered into a folder that is gone can not be published.

A chunk's draft folder is made once and never again. Whoever takes over its frames removes the
folder first; from then on every write into it and every rename out of it fails, also those of a
node that was asleep and believes that the chunk is still its own.

All of it happens below the output folder's own work folder. A link in its place is not followed:
folders with numbers for names may be anybody's.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from brender_farm.beneath import opened_folder
from brender_farm.domain.places import WORK_FOLDER, draft_folder

_ASIDE = "fenced-"
_TRIES = 5
"""A Blender that still writes can put a file into the folder while it is being emptied."""


def raise_fences(output_dir: Path, chunk_ids: Iterable[int]) -> None:
    """Remove the drafts of these chunks, so that nothing of them can be published any more.

    Raises OSError when a folder cannot be removed: then nothing may be rendered in its stead.
    """
    chunk_ids = list(chunk_ids)
    if not chunk_ids:
        return
    with contextlib.ExitStack() as opened:
        try:
            work = opened.enter_context(opened_folder(output_dir, WORK_FOLDER))
        except FileNotFoundError:
            return
        for chunk_id in chunk_ids:
            _raise_one(work, chunk_id)


def make_drafts(output_dir: Path, chunk_id: int) -> Path:
    """Make the folder that a chunk renders into, and return it.

    Raises OSError: FileExistsError when somebody has begun this chunk before, FileNotFoundError
    when the output folder itself is not there, as when the storage is not mounted.
    """
    with opened_folder(output_dir, WORK_FOLDER, make=True) as work:
        os.mkdir(str(chunk_id), dir_fd=work)
    return draft_folder(output_dir, chunk_id)


def remove_drafts(output_dir: Path, chunk_ids: Iterable[int]) -> None:
    """Remove the drafts of chunks that are over; failures do not matter."""
    with contextlib.suppress(OSError), opened_folder(output_dir, WORK_FOLDER) as work:
        for chunk_id in chunk_ids:
            shutil.rmtree(str(chunk_id), ignore_errors=True, dir_fd=work)


def left_drafts(output_dir: Path) -> frozenset[int]:
    """Return the chunks that have drafts in an output folder. Raises OSError."""
    with opened_folder(output_dir, WORK_FOLDER) as work:
        return frozenset(int(name) for name in _names(work) if name.isdecimal())


def sweep_fenced(output_dir: Path) -> None:
    """Remove what a node that died while it raised a fence has left; failures do not matter."""
    with contextlib.suppress(OSError), opened_folder(output_dir, WORK_FOLDER) as work:
        for name in _asides(work, ""):
            with contextlib.suppress(OSError):
                _remove(work, name)


def _raise_one(work: int, chunk_id: int) -> None:
    # Renamed first: from this moment on no path leads into it.
    with contextlib.suppress(FileNotFoundError):
        aside = f"{_ASIDE}{chunk_id}-{secrets.token_hex(4)}"
        os.rename(str(chunk_id), aside, src_dir_fd=work, dst_dir_fd=work)
    # All of them: another node may have begun the same and not be through.
    for name in _asides(work, f"{chunk_id}-"):
        _remove(work, name)


def _asides(work: int, start: str) -> list[str]:
    return [name for name in _names(work) if name.startswith(f"{_ASIDE}{start}")]


def _remove(work: int, name: str) -> None:
    """Remove a tree; that others remove it or write into it meanwhile is no failure yet."""
    tries_left = _TRIES
    while (mode := _mode(work, name)) is not None:
        try:
            if stat.S_ISDIR(mode):
                shutil.rmtree(name, dir_fd=work)
            else:
                os.unlink(name, dir_fd=work)
        except FileNotFoundError:
            continue  # somebody else removed one of its files first: it only gets smaller
        except OSError:
            tries_left -= 1
            if not tries_left:
                raise


def _names(work: int) -> list[str]:
    return os.listdir(work)


def _mode(work: int, name: str) -> int | None:
    """Return what a name is now, a link not followed; None: there is nothing."""
    try:
        return os.stat(name, dir_fd=work, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return None
