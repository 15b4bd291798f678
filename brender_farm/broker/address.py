"""Where the broker is: a given URL, or the embedded server's own port and password.

The first process of a farm that needs the embedded broker's address settles it in
`<data>/broker/address.json` (mode 0600); all others read it there.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from brender_farm.config import LOOPBACK_HOSTS, Settings

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedAddress:
    """Port and password of the embedded broker."""

    port: int
    password: str

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def tls_url(self) -> str:
        """Its address with TLS. Whom one reaches on loopback is not what the certificate says."""
        return f"{self.url.replace('redis:', 'rediss:', 1)}?ssl_cert_reqs=none"


def broker_url(settings: Settings) -> str:
    """Return the broker's URL, settling the embedded one's address when there is none yet."""
    if settings.broker_url:
        return verifying(settings.broker_url)
    address = embedded_address(settings.broker_dir)
    if settings.broker_port is not None:
        address = replace(address, port=settings.broker_port)
    return address.tls_url if settings.broker_tls_cert else address.url


def broker_url_of(settings: Settings, user: str, password: str, *, host: str = "") -> str:
    """Return the broker's address for somebody else, as seen from another machine.

    `host` is this machine's name or address there; empty: as this machine calls itself.
    """
    parts = urlsplit(broker_url(settings))
    if not parts.hostname:
        return settings.broker_url or ""  # a socket: on this machine only
    outer = host or _outer_host(settings, parts.hostname)
    written = f"[{outer}]" if ":" in outer else outer
    port = f":{parts.port}" if parts.port else ""
    query = f"?{parts.query}" if settings.broker_url and parts.query else ""
    path = parts.path or "/0"
    return f"{parts.scheme}://{user}:{quote(password, safe='')}@{written}{port}{path}{query}"


def is_reachable(settings: Settings) -> bool:
    """Whether the broker listens where other machines may reach it."""
    if settings.broker_url:
        return (urlsplit(settings.broker_url).hostname or "localhost") not in LOOPBACK_HOSTS
    return settings.broker_bind not in LOOPBACK_HOSTS


def verifying(url: str) -> str:
    """Have an address with TLS say that the certificate is to be verified, unless it says how.

    Left open, kombu takes whatever certificate comes.
    """
    parts = urlsplit(url)
    if parts.scheme != "rediss" or "ssl_cert_reqs" in dict(parse_qsl(parts.query)):
        return url
    query = urlencode([*parse_qsl(parts.query), ("ssl_cert_reqs", "required")], safe="/:")
    return parts._replace(query=query).geturl()


def _outer_host(settings: Settings, host: str) -> str:
    """Return this machine as others know it, where the broker's address is one on loopback."""
    if host not in LOOPBACK_HOSTS:
        return host
    if not settings.broker_url and settings.broker_bind not in (*LOOPBACK_HOSTS, *_EVERYWHERE):
        return settings.broker_bind
    return socket.gethostname()


def embedded_address(folder: Path) -> EmbeddedAddress:
    """Read the embedded broker's address, or choose a free port and a password and store them."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "address.json"
    if not path.exists():
        _create(path, EmbeddedAddress(port=free_port(), password=secrets.token_urlsafe(24)))
    return EmbeddedAddress(**json.loads(path.read_text()))


def move_to_free_port(folder: Path) -> EmbeddedAddress:
    """Choose another port, because a stranger holds the one that was settled."""
    address = EmbeddedAddress(port=free_port(), password=embedded_address(folder).password)
    draft = _draft(folder / "address.json", address)
    draft.replace(folder / "address.json")
    return address


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _create(path: Path, address: EmbeddedAddress) -> None:
    """Put the file in place whole, unless another process was first."""
    draft = _draft(path, address)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _draft(path: Path, address: EmbeddedAddress) -> Path:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(address), file)
    return draft
