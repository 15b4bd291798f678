"""What follows from a failure: for the frame, for the node, for the shot.

A frame is tried again elsewhere; a frame that takes its node down with it is set aside; a node
that fails what others can render gets no more of that shot, and a node that fails so in several
shots gets nothing more at all.
"""

from __future__ import annotations

from collections.abc import Iterable

from brender_farm.domain.states import FrameState

MAX_TRIES = 3
"""Failed tries after which a frame gives up."""
MAX_VANISHED = 3
"""A frame whose node vanished so often while rendering it is not given to a fourth one."""
MAX_STRIKES = 3
"""Failures in a row after which a node is banned from a shot that others can render."""
MAX_BANS = 2
"""Bans, with no frame finished in between, after which a node is taken out as sick."""
MAX_REFUSALS = 2
"""Nodes that must say "this can never work" before a frame is given up for it."""


def after_failure(
    tries: int, *, permanent: bool, refused_by: int = 1, others_left: bool = False
) -> FrameState:
    """Return what a frame becomes after its `tries`-th failed try.

    `permanent` is one node's word that trying again is pointless. It may be the node that is
    wrong (a share not mounted), so that a second one is asked, if there are `others_left`;
    `refused_by` counts the nodes that failed it so far.
    """
    if tries >= MAX_TRIES:
        return FrameState.FAILED
    if permanent and (refused_by >= MAX_REFUSALS or not others_left):
        return FrameState.FAILED
    return FrameState.PENDING


def after_vanishing(vanished: int) -> FrameState:
    """Return what a frame becomes after its node vanished for the `vanished`-th time."""
    return FrameState.FAILED if vanished >= MAX_VANISHED else FrameState.PENDING


def earns_ban(strikes: int, *, others_succeed: bool) -> bool:
    """Tell whether so many failures in a row are the node's fault and not the shot's."""
    return strikes >= MAX_STRIKES and others_succeed


def is_sick(bans_in_row: int) -> bool:
    """Tell whether a node fails whatever it is given."""
    return bans_in_row >= MAX_BANS


def nodes_to_avoid(
    failed_on: Iterable[int], node_id: int, smaller: Iterable[int] = ()
) -> list[int]:
    """Return a frame's nodes to avoid after one more has failed it.

    `smaller` are those with no more memory than a node that ran short of it.
    """
    return sorted({*failed_on, node_id, *smaller})
