"""Preview films of shots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec


class FilmFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the film that was made last, or tried."""

    stamp: str
    """Of the shot's pictures when it was made (stamp_of)."""
    made_at: datetime
    trouble: str = ""
    """Why there is none; empty: it was made."""
    fps: float = 24.0
    width: int = 0
    height: int = 0
    frame_count: int = 0
    gap_count: int = 0
    """Frames that were not there, or could not be read."""
    byte_count: int = 0
    took_s: float = 0.0

    @property
    def length_s(self) -> float:
        return self.frame_count / self.fps


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmProgress:
    """How far a film that is being made is."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmState:
    """A shot's film as pages show it."""

    film: FilmFacts | None
    """The film that can be watched; None: there is none."""
    is_current: bool
    """Whether that film shows the shot's pictures as they are now."""
    making: FilmProgress | None
    is_wanted: bool
    """Whether somebody asked for one that is not begun yet."""
    trouble: str
    """Why the last try with these pictures made none."""
    can_be_made: bool
    """Whether there are pictures to make one of."""
