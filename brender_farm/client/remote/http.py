"""Asking a farm's JSON API: connections that stay open, limits in time, and safe retries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util import Retry, Timeout

from brender_farm.client.remote.decode import strange
from brender_farm.client.remote.trouble import refusal, unreachable
from brender_farm.errors import FarmError
from brender_farm.version import VERSION

API = "/api/v1"
CONNECT_S = 5.0
ANSWER_S = 60.0
"""How long an answer may take beyond what it was told to wait."""
_CONNECTIONS = 8
_PART_BYTES = 256 * 1024
_BUSY = (502, 503, 504)
_AFTER_S = 15
"""The longest that an answer's Retry-After is obeyed for."""


def _retry(*, of_all: int, methods: frozenset[str] | None) -> Retry:
    return Retry(
        total=4,
        connect=2,  # nothing was sent then
        read=of_all,
        status=of_all,
        redirect=0,
        other=0,  # TLS does not mend itself
        status_forcelist=_BUSY,
        allowed_methods=methods,
        backoff_factor=0.3,
        retry_after_max=_AFTER_S,
        raise_on_status=False,
        raise_on_redirect=False,
    )


_READ = _retry(of_all=3, methods=frozenset({"GET"}))
_ONCE = _retry(of_all=0, methods=frozenset({"GET"}))
_WITH_KEY = _retry(of_all=3, methods=None)
"""What carries a key is done once, however often it is sent."""


def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(maxsize=_CONNECTIONS, num_pools=2)


@dataclass(frozen=True)
class Http:
    """The way to one farm. Any thread may use it."""

    url: str
    """Of its dashboard, without a slash at the end."""
    token: str | None = field(default=None, repr=False)
    _pool: urllib3.PoolManager = field(default_factory=_pool, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raise FarmError for what cannot be a token: it would be sent as part of a header."""
        if self.token is not None and not (self.token.isascii() and self.token.isprintable()):
            raise FarmError("The token has signs in it that no token has. Copy it anew.")

    def get(
        self, path: str, query: Mapping[str, object] | None = None, *, patience_s: float = 0.0
    ) -> Any:
        """Return what the API answers; None for "not changed". Raises FarmError.

        Tried again when the way or the farm fails. The answer may take `patience_s` longer.
        """
        response = self._ask("GET", with_query(API + path, query), retry=_READ, more_s=patience_s)
        return None if response.status == 304 else _json(response)

    def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
    ) -> Any:
        """Have something done, and return what the API answers. Raises FarmError.

        With a `key` it is tried again; without one it is sent once, since nobody knows whether an
        answer that is lost was of something done.
        """
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        response = self._ask(
            method,
            API + path,
            json.dumps({} if body is None else body).encode(),
            headers=headers,
            retry=_ONCE if key is None else _WITH_KEY,
        )
        return None if response.status == 204 else _json(response)

    @contextmanager
    def download(
        self, path: str, query: Mapping[str, object] | None = None
    ) -> Iterator[Iterator[bytes]]:
        """Give a file of the dashboard piece by piece. Raises FarmError, also for half of one."""
        response = self._ask(
            "GET",
            with_query(path, query),
            headers={"Accept": "*/*", "Accept-Encoding": "identity"},
            retry=_READ,
            stream=True,
        )
        try:
            yield self._parts(response)
        finally:
            response.release_conn()

    def _parts(self, response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
        try:
            yield from response.stream(_PART_BYTES)
        except HTTPError as error:
            raise unreachable(self.url, error, may_be_done=False) from error

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        retry: Retry,
        more_s: float = 0.0,
        stream: bool = False,
    ) -> urllib3.BaseHTTPResponse:
        try:
            response = self._pool.request(
                method,
                self.url + path,
                body=body,
                headers={**self._headers(), **(headers or {})},
                timeout=Timeout(connect=CONNECT_S, read=ANSWER_S + more_s),
                retries=retry,
                redirect=False,
                preload_content=not stream,
            )
        except HTTPError as error:
            is_safe = method == "GET" or retry is _WITH_KEY
            raise unreachable(self.url, error, may_be_done=not is_safe) from error
        if response.status >= 300 and response.status != 304:
            raise refusal(self.url, has_token=self.token is not None, response=response)
        return response

    def _headers(self) -> dict[str, str]:
        headers = {
            "Accept": "application/json, application/problem+json",
            "User-Agent": f"brender/{VERSION}",
            "Accept-Encoding": "gzip",
        }
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers


def name_in(path: str) -> str:
    """Return a name as a part of a path has it."""
    return quote(path, safe="")


def with_query(path: str, query: Mapping[str, object] | None) -> str:
    """Return a path with what is asked for behind it; None and empty text are left out."""
    given = {name: value for name, value in (query or {}).items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path


def _json(response: urllib3.BaseHTTPResponse) -> Any:
    try:
        return json.loads(response.data)
    except ValueError as error:
        raise strange("it is no JSON") from error
