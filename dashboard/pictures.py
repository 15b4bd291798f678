"""Turning any rendered image into a JPEG, with OpenImageIO."""

from __future__ import annotations

from pathlib import Path

import OpenImageIO as OIIO  # noqa: N817 - its own name for itself

from brender_farm.images.display import PictureUnreadable, read_shown

_QUALITY = 85
_FINE_QUALITY = 93


def write_jpeg(source: Path, target: Path, width: int, *, fine: bool = False) -> None:
    """Write `source` to `target` as a JPEG at most `width` pixels wide.

    `fine` is for looking closely: less loss, and colours as sharp as light. Raises
    PictureUnreadable.
    """
    shown = read_shown(source, width)
    height, shown_width = shown.shape[:2]
    spec = OIIO.ImageSpec(shown_width, height, 3, OIIO.UINT8)
    spec.attribute("Compression", f"jpeg:{_FINE_QUALITY if fine else _QUALITY}")
    if fine:
        spec.attribute("jpeg:subsampling", "4:4:4")
    output = OIIO.ImageOutput.create("jpeg")
    written = output.open(str(target), spec) and output.write_image(shown)
    if not (output.close() and written):
        raise PictureUnreadable(f"{target} cannot be written ({output.geterror()}).")
