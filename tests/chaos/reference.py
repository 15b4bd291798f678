"""The pictures as a farm without faults makes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO


@dataclass(frozen=True, slots=True)
class Reference:
    """The same frames, rendered while nothing was wrong."""

    folder: Path
    by_pixels: bool
    """Compare pixels; Blender writes the date into its files."""

    def path(self, name: str) -> Path:
        return self.folder / name

    def size_of(self, name: str) -> int:
        return self.path(name).stat().st_size

    def equals(self, picture: Path) -> bool:
        """Tell whether a frame is what it should be."""
        expected = self.path(picture.name)
        if not self.by_pixels:
            return picture.read_bytes() == expected.read_bytes()
        return bool(np.array_equal(_pixels(picture), _pixels(expected)))


def _pixels(path: Path) -> Any:
    image = OpenImageIO.ImageBuf(str(path))
    assert not image.has_error, f"{path}: {image.geterror()}"
    return np.asarray(image.get_pixels(OpenImageIO.UINT16))
