"""The prover's process: decodes whole image files and measures them.

`python -m workers.blender.verify`, speaking the protocol of `protocol.py`. OpenImageIO takes 34 MB
and decodes what others wrote, so it lives here and not in the node.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from brender_farm.errors import FrameFailed
from brender_farm.images.decode import decode_as
from workers.blender.protocol import Refusal, serve

if TYPE_CHECKING:
    from workers.blender.protocol import Handler, Message, Tell


def start() -> tuple[Message, dict[str, Handler]]:
    """Load OpenImageIO and return the handlers."""
    import OpenImageIO

    return {"version": OpenImageIO.VERSION_STRING}, {"prove": prove}


def prove(command: Message, _tell: Tell) -> Message:
    """Decode every pixel of a file and say what it holds; refuse what is not a whole image."""
    began = time.monotonic()
    try:
        image = decode_as(Path(command["path"]), command["decoder"])
    except FrameFailed as error:
        raise Refusal(str(error), kind="image", permanent=False) from error
    return {"type": "proof", **asdict(image), "seconds": time.monotonic() - began}


if __name__ == "__main__":
    serve(start)
