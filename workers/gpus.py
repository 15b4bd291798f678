"""Finding out which graphics cards this node can render on: Blender itself is asked, once."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from brender_farm.errors import SessionDied

if TYPE_CHECKING:
    from workers.blender.session import Session

log = logging.getLogger(__name__)

_SIGNS = ("/proc/driver/nvidia", "/dev/nvidiactl", "/dev/kfd", "/dev/dri", "/dev/dxg")
"""What the drivers of NVIDIA, AMD and Intel cards, and Linux inside Windows, show of themselves."""


class GpuSearch:
    """Asks the first Blender that is started, and tells what it said."""

    def __init__(self, tell: Callable[[list[str]], None]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._asked = False

    def ask(self, session: Session) -> None:
        """Ask this Blender, if none was asked before.

        Without a card it costs a millisecond; a driver can take a second to start. A driver that
        takes Blender down makes this a node without cards.
        """
        with self._lock:
            if self._asked:
                return
            self._asked = True
        try:
            names = session.gpus()
        except SessionDied:
            log.exception("Blender ended when asked for graphics cards; this node reports none.")
            return
        if names:
            log.info("Cycles can render on the graphics card.", extra={"gpus": ", ".join(names)})
            self._tell(names)


def may_have_gpu() -> bool:
    """Tell whether it is worth starting a Blender only to ask it for cards."""
    return sys.platform == "darwin" or any(Path(sign).exists() for sign in _SIGNS)
