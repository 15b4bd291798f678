"""Keeping what this process knows from what it starts.

Its environment has the broker's address and password, and scripts in .blend files run as the same
user: to them /proc/<pid>/environ, its memory and its connections would lie open.
"""

from __future__ import annotations

import ctypes
import logging
import sys

_PR_SET_DUMPABLE = 4

log = logging.getLogger(__name__)


def seclude() -> bool:
    """Let no other process of this user look into this one; tell whether that was possible.

    Linux only (prctl(2)): there is no core dump of it either, and no debugger gets in but root's.
    What it starts is not secluded.
    """
    if sys.platform != "linux":
        return False
    try:
        done = bool(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        done = False
    if not done:
        log.warning("This process cannot be kept from others of its user.")
    return done
