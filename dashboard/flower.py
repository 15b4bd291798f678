"""Flower, seen through the dashboard: one door to the farm, however it is locked."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import urllib3
from werkzeug.datastructures import Headers

PREFIX = "/flower"
_PASSED_ON = ("Accept", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Content-Type")
_PASSED_BACK = ("Content-Type", "Content-Encoding", "ETag", "Last-Modified", "Cache-Control")
_TIMEOUT = urllib3.Timeout(connect=2.0, read=20.0)
_MAX_PAGE_BYTES = 20_000_000
_SCRIPT = re.compile(rb"<script[^>]*>(\s*var autorefresh = \w+;\s*)</script>")
"""The one script that stands inside a page of Flower."""


class FlowerAway(Exception):
    """Flower does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Flower said."""

    status: int
    headers: dict[str, str]
    body: bytes


class Flower:
    """The Flower of this machine; it listens on loopback."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}{PREFIX}"
        self._pool = urllib3.PoolManager(maxsize=4, retries=False, timeout=_TIMEOUT)

    def ask(
        self, method: str, path: str, query: str, headers: Headers, body: bytes = b""
    ) -> Answer:
        """Pass a request on and return the answer, without cookies. Raises FlowerAway."""
        url = f"{self._base}/{quote(path)}" + (f"?{query}" if query else "")
        sent = {name: headers[name] for name in _PASSED_ON if name in headers}
        try:
            said = self._pool.request(
                method,
                url,
                headers=sent,
                body=body,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            with said:
                read = said.read(_MAX_PAGE_BYTES)
        except urllib3.exceptions.HTTPError as error:
            raise FlowerAway(str(error)) from error
        return Answer(status=said.status, headers=_passed_back(said, read), body=read)


def _passed_back(said: Any, body: bytes) -> dict[str, str]:
    passed = {name: said.headers[name] for name in _PASSED_BACK if name in said.headers}
    location = said.headers.get("Location", "")
    if location.startswith(("/", "?")) and not location.startswith("//"):
        passed["Location"] = location
    passed["Content-Security-Policy"] = content_policy(body)
    return passed


def content_policy(page: bytes) -> str:
    """Return the policy for a page of Flower: its own files, and the one script inside it.

    DataTables writes styles into what it makes; nothing else is let in.
    """
    hashes = "".join(f" 'sha256-{_digest(script)}'" for script in _SCRIPT.findall(page))
    return (
        f"default-src 'none'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def _digest(script: bytes) -> str:
    return base64.b64encode(hashlib.sha256(script).digest()).decode()
