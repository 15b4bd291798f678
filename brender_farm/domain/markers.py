"""The small files by which two machines find out whether they see the same folder.

Their names are made here only, and nothing but such a name is ever read or removed.
"""

from __future__ import annotations

import re
import secrets

PREFIX = ".brender-check-"
MAX_BYTES = 64
"""More of a marker is never read."""
_TOKEN = re.compile(r"[0-9a-f]{32}\Z")
_NAME = re.compile(re.escape(PREFIX) + r"[0-9a-f]{32}\Z")


def new_token() -> str:
    """Return a word that nobody can guess, as names and contents of markers are."""
    return secrets.token_hex(16)


def is_token(text: str) -> bool:
    return _TOKEN.match(text) is not None


def marker_name(token: str) -> str:
    """Return the file name of the marker that a token stands for."""
    return f"{PREFIX}{token}"


def is_marker(name: str) -> bool:
    """Whether a file of this name is a marker: of a check that goes on, or was cut off."""
    return _NAME.match(name) is not None
