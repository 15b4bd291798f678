"""Who is acting. On loopback there is no login: it is the person who runs the farm."""

from __future__ import annotations

import getpass

from flask import request

from brender_farm.config import LOOPBACK_HOSTS


def current_actor() -> str:
    """Return the name that goes into the history: the local user, or the caller's address."""
    address = request.remote_addr or "unknown"
    if address not in LOOPBACK_HOSTS:
        return address
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        return "local"
