"""Draft folders as fences: what was rendered into a folder that is gone can not be published.

A chunk's draft folder is made once and never again. Whoever takes over its frames removes the
folder first; from then on every write into it and every rename out of it fails, also those of a
node that was asleep and believes that the chunk is still its own.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from brender_farm.domain.places import WORK_FOLDER, draft_folder

_ASIDE = "fenced-"
_TRIES = 5
"""A Blender that still writes can put a file into the folder while it is being emptied."""


def raise_fences(output_dir: Path, chunk_ids: Iterable[int]) -> None:
    """Remove the drafts of these chunks, so that nothing of them can be published any more.

    Raises OSError when a folder cannot be removed: then nothing may be rendered in its stead.
    """
    for chunk_id in chunk_ids:
        drafts = draft_folder(output_dir, chunk_id)
        # Renamed first: from this moment on no path leads into it.
        with contextlib.suppress(FileNotFoundError):
            drafts.rename(drafts.with_name(f"{_ASIDE}{chunk_id}-{secrets.token_hex(4)}"))
        # All of them: another node may have begun the same and not be through.
        for aside in drafts.parent.glob(f"{_ASIDE}{chunk_id}-*"):
            _remove(aside)


def make_drafts(output_dir: Path, chunk_id: int) -> Path:
    """Make the folder that a chunk renders into, and return it.

    Raises OSError: FileExistsError when somebody has begun this chunk before, FileNotFoundError
    when the output folder itself is not there, as when the storage is not mounted.
    """
    drafts = draft_folder(output_dir, chunk_id)
    drafts.parent.mkdir(exist_ok=True)
    drafts.mkdir()
    return drafts


def sweep_fenced(output_dir: Path) -> None:
    """Remove what a node that died while it raised a fence has left; failures do not matter."""
    for aside in (output_dir / WORK_FOLDER).glob(f"{_ASIDE}*"):
        with contextlib.suppress(OSError):
            _remove(aside)


def _remove(folder: Path) -> None:
    """Remove a tree; that others remove it or write into it meanwhile is no failure yet."""
    tries_left = _TRIES
    while folder.is_symlink() or folder.exists():
        try:
            if folder.is_symlink():
                folder.unlink()
            else:
                shutil.rmtree(folder)
        except FileNotFoundError:
            continue  # somebody else removed one of its files first: it only gets smaller
        except OSError:
            tries_left -= 1
            if not tries_left:
                raise
