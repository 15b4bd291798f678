"""Keeping passwords out of what people read: logs, pages, error messages."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

MASK = "***"
_LEAST_LENGTH = 4
"""Shorter passwords are found in addresses only: they may be part of any word."""
_IN_ADDRESS = re.compile(r"\b([a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s/]+@", re.IGNORECASE)
_IN_QUERY = re.compile(r"([?&;](?:password|passwd|secret|token)=)[^&\s]+", re.IGNORECASE)
_hidden: set[str] = set()


def mask(text: str) -> str:
    """Return a text without the passwords in its addresses, and without those to be hidden."""
    for secret in _hidden:
        text = text.replace(secret, MASK)
    return _IN_QUERY.sub(rf"\1{MASK}", _IN_ADDRESS.sub(rf"\1:{MASK}@", text))


def hide(secret: str) -> None:
    """Have `mask` replace this secret wherever it stands, for as long as we run."""
    if len(secret) >= _LEAST_LENGTH:
        _hidden.add(secret)


def hide_password_of(url: str) -> None:
    """Have `mask` replace this address's password wherever it stands, for as long as we run."""
    try:
        written = urlsplit(url).password or ""
    except ValueError:
        return
    for secret in (written, unquote(written)):
        hide(secret)
