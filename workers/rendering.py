"""What an attempt's Blender is at now, and how to end exactly that and nothing after it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.blender.session import Session
    from workers.limits import Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Rendering:
    """One Blender at one frame, or opening the scene."""

    session: Session
    frame: int | None
    """None while the scene is opened."""
    since_s: float
    """On the clock of `time.monotonic()`."""


@dataclass(frozen=True, slots=True)
class Doom:
    """Why this node itself ended a Blender."""

    rendering: Rendering
    verdict: Verdict | None
    """None: nobody is to blame, the frame is tried once more in a new Blender."""


class Current:
    """The rendering of the moment. One thread turns to the next; any other may end it."""

    def __init__(self) -> None:
        self._turning = threading.Lock()  # a Blender is killed only for what it is at
        self._doom: Doom | None = None
        self.rendering: Rendering | None = None

    @property
    def frame_s(self) -> float | None:
        """For how long Blender has been at its frame, in seconds; None: it is at none."""
        rendering = self.rendering
        if rendering is None or rendering.frame is None:
            return None
        return round(time.monotonic() - rendering.since_s, 1)

    def turn_to(self, session: Session, frame: int | None) -> None:
        rendering = Rendering(session, frame, time.monotonic())
        with self._turning:
            self.rendering = rendering

    def let_go(self) -> None:
        """The Blender goes back to whoever needs one: nobody may end it for this chunk any more."""
        with self._turning:
            self.rendering = None

    def end(self, rendering: Rendering, verdict: Verdict | None) -> bool:
        """Kill Blender if it is still at this; False: it was through with it already."""
        with self._turning:
            if self.rendering is not rendering:
                return False
            self._doom = Doom(rendering, verdict)
            rendering.session.kill()
        return True

    def kill(self) -> None:
        """Kill Blender, whatever it is at."""
        with self._turning:
            if self.rendering is not None:
                self.rendering.session.kill()

    def take_doom(self) -> Doom | None:
        """Return why the last Blender was ended, once."""
        doom, self._doom = self._doom, None
        return doom
