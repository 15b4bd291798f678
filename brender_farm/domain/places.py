"""Where a shot's files are: one rule for the node that writes them and the page that shows them."""

from __future__ import annotations

from pathlib import Path

from brender_farm.domain.formats import ImageFormat

WORK_FOLDER = ".brender"
"""Inside every output folder: frames that are not proven yet, and the logs."""


def frame_name(frame: int, padding: int, fmt: ImageFormat, prefix: str = "") -> str:
    """Return a frame's file name, such as `0042.png`, or `sh010_0042.png` with a prefix."""
    return f"{prefix}{frame:0{padding}}.{fmt.extension}"


def draft_folder(output_dir: Path, chunk_id: int) -> Path:
    """Return the folder that a chunk renders into."""
    return output_dir / WORK_FOLDER / str(chunk_id)


def log_path(output_dir: Path, chunk_id: int) -> Path:
    """Return the file with Blender's own words about a chunk."""
    return output_dir / WORK_FOLDER / "logs" / f"{chunk_id}.log"
