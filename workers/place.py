"""Where a chunk renders to: the shot's output folder, and the chunk's draft folder inside it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from brender_farm.domain.places import draft_folder, log_path
from workers.blender.output import ChunkLog
from workers.fences import make_drafts, raise_fences

LOG_LIMIT_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The folders of one chunk on this node."""

    chunk_id: int
    folder: str
    """The output folder by its name on the farm."""
    output_dir: Path
    """The same here, links resolved, under one of this node's roots."""

    @property
    def drafts(self) -> Path:
        return draft_folder(self.output_dir, self.chunk_id)

    def begin(self, fences: Iterable[int]) -> None:
        """Raise the fences and make the draft folder. Raises OSError; then nothing may begin."""
        raise_fences(self.output_dir, fences)
        make_drafts(self.output_dir, self.chunk_id)

    def open_log(self) -> ChunkLog:
        """Begin the chunk's log; one that cannot be written is kept in memory alone."""
        return ChunkLog(log_path(self.output_dir, self.chunk_id), LOG_LIMIT_BYTES)

    def is_fenced(self) -> bool:
        """Whether somebody has removed the draft folder."""
        try:
            self.drafts.stat()
        except FileNotFoundError:
            return True
        except OSError:  # the disk's own trouble
            return False
        return False

    def frame_bytes(self, last: Path | None) -> int:
        """Return how large a frame is: as much of one as was written, or the last one published."""
        sizes = [0]
        with contextlib.suppress(OSError):
            sizes += [entry.stat().st_size for entry in self.drafts.iterdir()]
        if last is not None:
            with contextlib.suppress(OSError):
                sizes.append(last.stat().st_size)
        return max(sizes)
