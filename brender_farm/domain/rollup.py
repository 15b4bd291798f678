"""What follows from the frames for the whole shot."""

from __future__ import annotations

from dataclasses import dataclass

from brender_farm.domain.states import ShotState

HOPELESS_FRAMES = 5
"""A shot of which so many frames gave up, with none finished in between, pauses itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A shot's frames, counted."""

    frame_count: int
    pending_count: int
    done_count: int
    failed_count: int
    failed_run: int
    """Those that gave up since one was last finished."""
    held_count: int = 0
    """Pending ones that wait for the same frame of another shot."""
    is_open: bool = True
    """Whether nothing holds the shot back as a whole."""

    @property
    def rendering_count(self) -> int:
        return self.frame_count - self.pending_count - self.done_count - self.failed_count


def shot_state(state: ShotState, tally: Tally) -> ShotState:
    """Return the state that follows from the tally; a pause or a cancel outlives late results."""
    if state is ShotState.CANCELLED:
        return state
    if tally.done_count + tally.failed_count >= tally.frame_count:
        return ShotState.FAILED if tally.failed_count else ShotState.COMPLETED
    if state is ShotState.PAUSED or is_hopeless(tally):
        return ShotState.PAUSED
    if tally.pending_count and not tally.is_open:
        return ShotState.WAITING
    if tally.rendering_count > 0:
        return ShotState.RENDERING
    return ShotState.WAITING if tally.held_count >= tally.pending_count else ShotState.QUEUED


def is_hopeless(tally: Tally) -> bool:
    """Tell whether going on would only fail frame after frame."""
    return tally.failed_run >= HOPELESS_FRAMES
