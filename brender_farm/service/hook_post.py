"""Posts a webhook's body over the network, and says truly how that went.

The name is resolved once, every address is checked, and the connection goes to one that was: a
name that leads elsewhere a moment later changes nothing. Redirects are not followed. After 10 s
the connection is shut, whatever the server is at.
"""

from __future__ import annotations

import http.client
import logging
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import SplitResult, quote, urlsplit

from brender_farm.domain.hook_addresses import refusal

LIMIT_S = 10.0
"""A server that has not answered within so long has not taken it."""
MOST_READ_BYTES = 64 * 1024
"""So much of an answer is read, and dropped."""
_MOST_SIGNS = 300
_PORTS = {"http": 80, "https": 443}
_SAFE = "/!$&'()*+,;=:@-._~%"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a try went."""

    status: int | None = None
    """What the server answered; None: it did not."""
    trouble: str = ""
    """Why it was not taken; empty: it was."""
    seconds: float = 0.0

    @property
    def is_gone(self) -> bool:
        """Whether the server wants to hear no more, ever."""
        return self.status == HTTPStatus.GONE


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allow_own: bool,
    limit_s: float = LIMIT_S,
) -> Answer:
    """Send a body; takes `limit_s` at most. `allow_own`: it may go to the farm's own machine."""
    sending = _Sending(url, body, headers, allow_own=allow_own, limit_s=limit_s)
    began_s = time.monotonic()
    sending.start()
    sending.join(limit_s)
    if sending.is_alive():
        sending.shut()
        return Answer(trouble=_too_long(limit_s), seconds=limit_s)
    return replace(sending.answer, seconds=time.monotonic() - began_s)


class _Refused(Exception):
    """Nothing is sent to this address."""


class _Sending(threading.Thread):
    """One body on its way. No thread can be ended, but its socket can be shut."""

    def __init__(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        allow_own: bool,
        limit_s: float,
    ) -> None:
        super().__init__(name="hook", daemon=True)
        self._url, self._body, self._headers = url, body, headers
        self._allow_own, self._limit_s = allow_own, limit_s
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._is_shut = False
        self.answer = Answer(trouble="It was not sent.")

    def run(self) -> None:
        try:
            self.answer = self._send(urlsplit(self._url))
        except _Refused as refused:
            self.answer = Answer(trouble=str(refused))
        except TimeoutError:
            self.answer = Answer(trouble=_too_long(self._limit_s))
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.answer = Answer(trouble=_words(error))
        except Exception:
            log.exception("A webhook could not be sent.")
            self.answer = Answer(trouble="Sending failed; the log says more.")

    def shut(self) -> None:
        """Have the thread end soon: nobody waits for it any more."""
        with self._lock:
            self._is_shut = True
            if self._socket is not None:
                _shut(self._socket)

    def _send(self, parts: SplitResult) -> Answer:
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        link = _link(parts.scheme, host, port)
        with self._connect(host, port) as plain, _secured(plain, parts.scheme, host) as connected:
            self._keep(connected)
            link.sock = connected
            link.request("POST", _target(parts), self._body, dict(self._headers))
            answer = link.getresponse()
            answer.read(MOST_READ_BYTES)
            return Answer(status=answer.status, trouble=_trouble_of(answer.status))

    def _connect(self, host: str, port: int) -> socket.socket:
        """Connect to the first address that answers, of those that are all allowed."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for *_, address in found:
            if why := refusal(str(address[0]), allow_own=self._allow_own):
                raise _Refused(why)
        last: OSError | None = None
        for family, kind, protocol, _, address in found:
            plain = socket.socket(family, kind, protocol)
            plain.settimeout(self._limit_s)
            self._keep(plain)
            try:
                plain.connect(address)
            except OSError as error:
                plain.close()
                last = error
            else:
                return plain
        raise last or OSError("The name has no address.")

    def _keep(self, connected: socket.socket) -> None:
        with self._lock:
            self._socket = connected
            if self._is_shut:
                raise TimeoutError


def _link(scheme: str, host: str, port: int) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    return kind(host, port)


def _secured(plain: socket.socket, scheme: str, host: str) -> socket.socket:
    if scheme != "https":
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _shut(connected: socket.socket) -> None:
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        connected.close()  # it was not connected yet


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=_SAFE)
    return f"{path}?{quote(parts.query, safe=_SAFE + '?')}" if parts.query else path


def _trouble_of(status: int) -> str:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return ""
    try:
        phrase = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = str(status)
    if status == HTTPStatus.GONE:
        return f"It answered {phrase}: it wants to hear no more."
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return f"It answered {phrase}, a redirect, which is not followed. Enter the new address."
    return f"It answered {phrase}."


def _too_long(limit_s: float) -> str:
    return f"It did not answer within {limit_s:g} s."


def _words(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return f"Its name is not known: {error.strerror or error}."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"Its certificate is not trusted: {error.verify_message}."
    if isinstance(error, ConnectionRefusedError):
        return "Nothing listens there: the connection was refused."
    if isinstance(error, http.client.HTTPException):
        return f"It did not answer as a web server does ({type(error).__name__})."[:_MOST_SIGNS]
    return f"It could not be reached: {getattr(error, 'strerror', None) or error}."[:_MOST_SIGNS]
