"""Any rendered image as a screen shows it: 8 bits a channel, sRGB, no transparency.

Imported only where pictures are made: OpenImageIO and NumPy take 60 MB.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as OIIO  # noqa: N817 - its own name for itself
from numpy.typing import NDArray

Light = NDArray[np.float32]
Shown = NDArray[np.uint8]

BACKDROP = 0.18
"""What shows through transparent pixels: mid grey, display-referred."""
_SHOULDER = 0.8
_OPAQUE = 255

OIIO.attribute("threads", 1)  # a picture must not take the cores from a render
OIIO.attribute("limits:imagesize_MB", 4096)  # nor all memory, whatever size a file says it has


class PictureUnreadable(Exception):
    """The image is missing, damaged or of an unknown kind."""


def read_shown(source: Path, width: int | None = None) -> Shown:
    """Return an image as (height, width, 3) bytes, at most `width` pixels wide.

    Floating point images are tone-mapped from scene-linear to sRGB. Raises PictureUnreadable.
    """
    image = OIIO.ImageBuf(str(source))
    linear = not image.has_error and (image.file_format_name == "openexr" or _is_float(image))
    kind = OIIO.FLOAT if linear else OIIO.UINT8
    if image.has_error or not image.read(force=True, convert=kind):
        raise PictureUnreadable(f"{source} cannot be decoded ({image.geterror()}).")
    image = _framed(image, width)
    pixels = image.get_pixels(kind)
    if image.has_error or pixels is None:
        raise PictureUnreadable(f"{source} cannot be decoded ({image.geterror()}).")
    return _from_light(pixels) if linear else _from_bytes(pixels)


def to_srgb(linear: Light) -> Light:
    """Encode scene-linear light as sRGB (IEC 61966-2-1), highlights rolled off instead of cut."""
    light = np.nan_to_num(np.maximum(linear, 0), nan=0.0, posinf=1e4)
    room = 1 - _SHOULDER
    soft = _SHOULDER + room * (1 - np.exp(-np.maximum(light - _SHOULDER, 0) / room))
    light = np.where(light > _SHOULDER, soft, light)
    dark = 12.92 * light
    bright = 1.055 * np.power(np.maximum(light, 0.0031308), 1 / 2.4) - 0.055
    encoded: Light = np.where(light <= 0.0031308, dark, bright).astype(np.float32)
    return encoded


def _framed(image: Any, width: int | None) -> Any:
    """Return the channels of the picture, inside its frame, no wider than `width`."""
    spec = image.spec()
    channels = _picture_channels(spec)
    if channels != tuple(range(spec.nchannels)):
        image = OIIO.ImageBufAlgo.channels(image, channels)
    # An image that was cut off shows its data window; the picture is the display window.
    if image.roi != image.roi_full:
        image = OIIO.ImageBufAlgo.crop(image, image.roi_full)
    spec = image.spec()
    if width is None or spec.width <= width:
        return image
    height = max(1, round(spec.height * width / spec.width))
    area = OIIO.ROI(0, width, 0, height)
    return OIIO.ImageBufAlgo.resize(image, filtername="triangle", roi=area)


def _from_light(pixels: Light) -> Shown:
    colour, alpha = to_srgb(pixels[..., :3]), pixels[..., 3:]
    if alpha.size:
        colour = colour + (1 - np.clip(np.nan_to_num(alpha), 0, 1)) * BACKDROP
    shown: Shown = np.round(np.clip(colour, 0, 1) * _OPAQUE).astype(np.uint8)
    return shown


def _from_bytes(pixels: Shown) -> Shown:
    colour, alpha = pixels[..., :3], pixels[..., 3:]
    if not alpha.size or int(alpha.min()) == _OPAQUE:
        return np.ascontiguousarray(colour)
    behind = (_OPAQUE - alpha.astype(np.float32)) * BACKDROP
    shown: Shown = np.round(np.minimum(colour + behind, _OPAQUE)).astype(np.uint8)
    return shown


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
