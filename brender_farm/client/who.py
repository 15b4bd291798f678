"""Who a script or a command works for."""

from __future__ import annotations

import getpass


def user_name() -> str:
    """Return the name of this process's user: who submits, on the farm's own machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
