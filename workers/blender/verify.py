"""The prover's process: decodes whole image files and measures them.

`python -m workers.blender.verify`, speaking the protocol of `protocol.py`. OpenImageIO takes 34 MB
and decodes what others wrote, so it lives here and not in the node.
"""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from workers.blender.endings import bad_ending
from workers.blender.protocol import Refusal, serve

if TYPE_CHECKING:
    from io import BufferedReader

    from OpenImageIO import ImageBuf

    from workers.blender.protocol import Handler, Message, Tell

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


def start() -> tuple[Message, dict[str, Handler]]:
    """Load OpenImageIO and return the handlers."""
    import OpenImageIO

    return {"version": OpenImageIO.VERSION_STRING}, {"prove": prove}


def prove(command: Message, _tell: Tell) -> Message:
    """Decode every pixel of a file and say what it holds; refuse what is not a whole image."""
    began = time.monotonic()
    path, wanted = Path(command["path"]), DECODERS[command["format"]]
    digest, byte_count = _read_and_settle(path, wanted)
    measures = [_measure(image) for image in _images(path, wanted)]
    first = measures[0]
    return {
        "type": "proof",
        "width": first["width"],
        "height": first["height"],
        "channels": first["channels"],
        "byte_count": byte_count,
        "digest": digest,
        "is_black": all(measure["is_black"] for measure in measures),
        "nan_count": sum(measure["nan_count"] for measure in measures),
        "seconds": time.monotonic() - began,
    }


def _read_and_settle(path: Path, wanted: str) -> tuple[str, int]:
    """Return digest and size, with the bytes safely on the disk and the end of the file seen."""
    try:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            byte_count = os.fstat(file.fileno()).st_size
            if byte_count == 0:
                raise _refusal("it is empty")
            problem = bad_ending(wanted, file, byte_count)
            file.seek(0)
            digest = _digest(file)
    except OSError as error:
        raise _refusal(f"it cannot be read: {error.strerror}") from error
    if problem and _looks_like(path, wanted):
        raise _refusal(problem)
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
            raise _refusal(f"it cannot be decoded: {image.geterror() or 'no reason given'}")
    if first.file_format_name != wanted:
        raise _refusal(f"it is {first.file_format_name} inside, not {wanted}")
    return images


def _measure(image: ImageBuf) -> Message:
    import OpenImageIO

    spec = image.spec()
    stats = OpenImageIO.ImageBufAlgo.computePixelStats(image)
    if stats is None or len(stats.max) != spec.nchannels:
        raise _refusal(f"its pixels cannot be read: {image.geterror()}")
    colours = [
        channel
        for channel in range(spec.nchannels)
        if channel not in {spec.alpha_channel, spec.z_channel}
    ]
    return {
        "width": spec.width,
        "height": spec.height,
        "channels": spec.nchannels,
        "is_black": all(stats.min[n] == 0 == stats.max[n] for n in colours),
        "nan_count": sum(stats.nancount) + sum(stats.infcount),
    }


def _refusal(reason: str) -> Refusal:
    return Refusal(reason, kind="image", permanent=False)


if __name__ == "__main__":
    serve(start)
