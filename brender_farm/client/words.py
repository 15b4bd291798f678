"""A shot's progress in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from brender_farm.service.shapes.shots import ShotDetail


def figures(shot: ShotDetail) -> str:
    """Write how far a shot is: `12/48 frames · 1 failed · 3.20 s/frame · about 2 min left`."""
    row = shot.row
    words = [f"{row.done_count}/{row.frame_count} frames"]
    if row.failed_count:
        words.append(f"{row.failed_count} failed")
    if row.seconds_per_frame is not None:
        words.append(f"{row.seconds_per_frame:.2f} s/frame")
    if row.time_left is not None:
        words.append(f"{row.time_left} left")
    return " · ".join(words)
