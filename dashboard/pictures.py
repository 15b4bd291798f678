"""Turning any rendered image into a small JPEG, with OpenImageIO."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as OIIO  # noqa: N817 - its own name for itself
from numpy.typing import NDArray

Pixels = NDArray[np.float32]

BACKDROP = 0.18
"""What shows through transparent pixels: mid grey, display-referred."""
_SHOULDER = 0.8
_QUALITY = 85

OIIO.attribute("threads", 1)  # a thumbnail must not take the cores from a render


class PictureUnreadable(Exception):
    """The image is missing, damaged or of an unknown kind."""


def write_jpeg(source: Path, target: Path, width: int) -> None:
    """Write `source` to `target` as a JPEG at most `width` pixels wide.

    Floating point images are tone-mapped from scene-linear to sRGB. Raises PictureUnreadable.
    """
    pixels, linear = _read(source, width)
    colour, alpha = pixels[..., :3], pixels[..., 3:]
    if linear:
        colour = to_srgb(colour)
    if alpha.size:
        colour = colour + (1 - np.clip(alpha, 0, 1)) * BACKDROP
    _write(np.clip(colour, 0, 1), target)


def to_srgb(linear: Pixels) -> Pixels:
    """Encode scene-linear light as sRGB (IEC 61966-2-1), highlights rolled off instead of cut."""
    light = np.nan_to_num(np.maximum(linear, 0), nan=0.0, posinf=1e4)
    room = 1 - _SHOULDER
    soft = _SHOULDER + room * (1 - np.exp(-np.maximum(light - _SHOULDER, 0) / room))
    light = np.where(light > _SHOULDER, soft, light)
    dark = 12.92 * light
    bright = 1.055 * np.power(np.maximum(light, 0.0031308), 1 / 2.4) - 0.055
    encoded: Pixels = np.where(light <= 0.0031308, dark, bright).astype(np.float32)
    return encoded


def _read(source: Path, width: int) -> tuple[Pixels, bool]:
    image = OIIO.ImageBuf(str(source))
    if image.has_error or not image.read(force=True, convert=OIIO.FLOAT):
        raise PictureUnreadable(f"{source} cannot be decoded ({image.geterror()}).")
    linear = image.file_format_name == "openexr" or _is_float(image)
    image = OIIO.ImageBufAlgo.channels(image, _picture_channels(image.spec()))
    # An image that was cut off shows its data window; the picture is the display window.
    image = OIIO.ImageBufAlgo.crop(image, image.roi_full)
    spec = image.spec()
    if spec.width > width:
        height = max(1, round(spec.height * width / spec.width))
        image = OIIO.ImageBufAlgo.resize(
            image, filtername="triangle", roi=OIIO.ROI(0, width, 0, height)
        )
    pixels = image.get_pixels(OIIO.FLOAT)
    if image.has_error or pixels is None:
        raise PictureUnreadable(f"{source} cannot be decoded ({image.geterror()}).")
    return np.asarray(pixels, dtype=np.float32), linear


def _is_float(image: Any) -> bool:
    return str(image.nativespec().format) in {"half", "float", "double"}


def _picture_channels(spec: Any) -> tuple[int, ...]:
    """Find red, green, blue (and alpha): by name in a multilayer EXR, else the first ones."""
    names: list[str] = list(spec.channelnames)
    for prefix in _prefixes(names):
        rgb = [names.index(prefix + letter) for letter in "RGB" if prefix + letter in names]
        if len(rgb) == 3:
            alpha = [names.index(prefix + "A")] if prefix + "A" in names else []
            return (*rgb, *alpha)
    if len(names) >= 3:
        return (0, 1, 2)
    return (0, 0, 0)


def _prefixes(names: list[str]) -> list[str]:
    layers = sorted({name.rpartition(".")[0] + "." for name in names if "." in name})
    return ["", *sorted(layers, key=lambda layer: "Combined" not in layer)]


def _write(colour: Pixels, target: Path) -> None:
    height, width = colour.shape[:2]
    spec = OIIO.ImageSpec(width, height, 3, OIIO.UINT8)
    spec.attribute("Compression", f"jpeg:{_QUALITY}")
    output = OIIO.ImageOutput.create("jpeg")
    written = output.open(str(target), spec) and output.write_image(np.ascontiguousarray(colour))
    if not (output.close() and written):
        raise PictureUnreadable(f"{target} cannot be written ({output.geterror()}).")
