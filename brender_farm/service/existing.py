"""Which frames of a shot are already in its output folder, whole and of the right size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from brender_farm.domain.formats import FORMATS
from brender_farm.domain.frames import frame_list
from brender_farm.domain.places import frame_name
from brender_farm.errors import FrameFailed
from brender_farm.service.requests import Checked


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundFrame:
    """A frame that need not be rendered: its file decodes and has the shot's size."""

    frame: int
    byte_count: int
    digest: str


def sound_frames(checked: Checked) -> list[SoundFrame]:
    """Decode every file that is there for one of the frames; return the sound ones."""
    from brender_farm.images.decode import decode

    fmt = FORMATS[checked.format]
    folder = Path(checked.output_dir)
    there = {entry.name for entry in folder.iterdir()}
    sound = []
    for frame in frame_list(checked.frames):
        name = frame_name(frame, checked.padding, fmt, checked.file_prefix)
        if name not in there:
            continue
        try:
            image = decode(folder / name, fmt)
        except FrameFailed:
            continue
        if (image.width, image.height) == (checked.width, checked.height):
            sound.append(SoundFrame(frame=frame, byte_count=image.byte_count, digest=image.digest))
    return sound
