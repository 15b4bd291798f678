"""Waiting for a shot to end, with a bar where somebody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from brender_farm.client.notebook import NotebookProgress, in_notebook

if TYPE_CHECKING:
    from brender_farm.client.backend import Backend
    from brender_farm.domain.states import ShotState
    from brender_farm.service.shapes.shots import ShotDetail

_Tell = Callable[["ShotDetail"], object]

LOOK_S = 20.0
"""How long the farm may take to tell of a change; then it is asked anew."""


def wait_for_end(
    farm: Backend,
    shot_id: int,
    *,
    timeout_s: float | None = None,
    on_change: _Tell | None = None,
    progress: bool | None = None,
) -> ShotState:
    """Return what became of a shot once nothing more happens to it. Raises TimeoutError."""
    with ExitStack() as stack:
        tellers = [on_change] if on_change is not None else []
        shown = _shown(progress, stack)
        if shown is not None:
            tellers.append(shown)
        return _wait(farm, shot_id, timeout_s, tellers)


def _wait(farm: Backend, shot_id: int, timeout_s: float | None, tellers: list[_Tell]) -> ShotState:
    end = None if timeout_s is None else time.monotonic() + timeout_s
    shot, rev = farm.get_shot(shot_id), -1
    while True:
        for tell in tellers if shot.rev != rev else ():
            tell(shot)
        rev, row = shot.rev, shot.row
        if row.is_over:
            return row.state
        left_s = LOOK_S if end is None else end - time.monotonic()
        if left_s <= 0:
            raise TimeoutError(
                f"Shot {shot_id} has {row.done_count} of {row.frame_count} frames "
                f"after {timeout_s:g} s. {shot.waiting}"
            )
        shot = farm.await_change(shot, min(LOOK_S, left_s))


def _shown(progress: bool | None, stack: ExitStack) -> _Tell | None:
    """Return what draws the shot; None where nobody watches, or wants to."""
    if progress is False:
        return None
    if in_notebook():
        return NotebookProgress().show
    if progress is None and not sys.stdout.isatty():
        return None
    from brender_farm.client.progress import ShotProgress  # Rich takes a while to load

    return stack.enter_context(ShotProgress()).show
