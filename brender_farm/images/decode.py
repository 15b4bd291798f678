"""Decoding a whole image file: what a frame must stand before it counts.

OpenImageIO is loaded on the first call; it takes 34 MB, so a node does this in a child process.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from brender_farm.domain.formats import ImageFormat
from brender_farm.errors import FrameFailed, SceneRefused
from brender_farm.images.endings import bad_ending

if TYPE_CHECKING:
    from io import BufferedReader

    from OpenImageIO import ImageBuf

# What OpenImageIO calls the farm's formats.
DECODERS = {
    "PNG": "png",
    "JPEG": "jpeg",
    "EXR": "openexr",
    "EXR_MULTILAYER": "openexr",
    "TIFF": "tiff",
    "WEBP": "webp",
    "TARGA": "targa",
    "BMP": "bmp",
}

# The endings that Blender gives to what a compositor writes; OpenImageIO cannot read its .jp2.
ENDINGS = {
    ".png": "png",
    ".jpg": "jpeg",
    ".exr": "openexr",
    ".tif": "tiff",
    ".webp": "webp",
    ".tga": "targa",
    ".bmp": "bmp",
    ".hdr": "hdr",
    ".dpx": "dpx",
    ".cin": "cineon",
    ".rgb": "sgi",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedImage:
    """What a whole image file holds."""

    width: int
    height: int
    channels: int
    byte_count: int
    digest: str
    """BLAKE2b of the file's bytes, 20 bytes long, in hexadecimal."""
    is_black: bool
    """Whether every colour channel of every pixel is zero."""
    nan_count: int
    """Values that are not finite numbers; integer formats have none."""


def decode(path: Path, fmt: ImageFormat) -> DecodedImage:
    """Sync a file to the disk, decode every pixel of it and measure what is there.

    Raises FrameFailed, saying why, for what is not a whole image of this format.
    """
    return decode_as(path, DECODERS[fmt.name])


def decoder_for(name: str) -> str:
    """Return what OpenImageIO calls the format that a file's name stands for.

    Raises SceneRefused for one that it cannot read: no frame that has such a file can be proven.
    """
    decoder = ENDINGS.get(PurePath(name).suffix.lower())
    if decoder is None:
        raise SceneRefused(
            f"{name} cannot be proven, because its format cannot be read here. "
            f"Choose one of these for its File Output node: {', '.join(ENDINGS)}."
        )
    return decoder


def decode_as(path: Path, wanted: str) -> DecodedImage:
    """Do the same with the format by the name that OpenImageIO has for it."""
    digest, byte_count = _read_and_settle(path, wanted)
    measures = [_measure(image) for image in _images(path, wanted)]
    first = measures[0]
    return DecodedImage(
        width=first.width,
        height=first.height,
        channels=first.channels,
        byte_count=byte_count,
        digest=digest,
        is_black=all(measure.is_black for measure in measures),
        nan_count=sum(measure.nan_count for measure in measures),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measures:
    width: int
    height: int
    channels: int
    is_black: bool
    nan_count: int


def _read_and_settle(path: Path, wanted: str) -> tuple[str, int]:
    """Return digest and size, with the bytes safely on the disk and the end of the file seen."""
    try:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            byte_count = os.fstat(file.fileno()).st_size
            if byte_count == 0:
                raise FrameFailed("it is empty")
            problem = bad_ending(wanted, file, byte_count)
            file.seek(0)
            digest = _digest(file)
    except OSError as error:
        raise FrameFailed(f"it cannot be read: {error.strerror}") from error
    if problem and _looks_like(path, wanted):
        raise FrameFailed(problem)
    return digest, byte_count


def _digest(file: BufferedReader) -> str:
    return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=20)).hexdigest()


def _looks_like(path: Path, wanted: str) -> bool:
    """Whether the file is of the wanted format, so that a wrong end is worth mentioning."""
    import OpenImageIO

    image = OpenImageIO.ImageInput.open(str(path))
    OpenImageIO.geterror()  # taken, or it would wait for whoever asks next
    return image is not None and bool(image.format_name() == wanted)


def _images(path: Path, wanted: str) -> list[ImageBuf]:
    """Decode all images of a file: one, or several parts of an EXR."""
    import OpenImageIO

    first = OpenImageIO.ImageBuf(str(path))
    images = [first] + [
        OpenImageIO.ImageBuf(str(path), part, 0) for part in range(1, first.nsubimages)
    ]
    for part, image in enumerate(images):
        if not image.read(subimage=part, miplevel=0, force=True) or image.has_error:
            raise FrameFailed(f"it cannot be decoded: {image.geterror() or 'no reason given'}")
    if first.file_format_name != wanted:
        raise FrameFailed(f"it is {first.file_format_name} inside, not {wanted}")
    return images


def _measure(image: ImageBuf) -> _Measures:
    import OpenImageIO

    spec = image.spec()
    stats = OpenImageIO.ImageBufAlgo.computePixelStats(image)
    if stats is None or len(stats.max) != spec.nchannels:
        raise FrameFailed(f"its pixels cannot be read: {image.geterror()}")
    colours = [
        channel
        for channel in range(spec.nchannels)
        if channel not in {spec.alpha_channel, spec.z_channel}
    ]
    return _Measures(
        width=spec.width,
        height=spec.height,
        channels=spec.nchannels,
        is_black=all(stats.min[n] == 0 == stats.max[n] for n in colours),
        nan_count=sum(stats.nancount) + sum(stats.infcount),
    )
