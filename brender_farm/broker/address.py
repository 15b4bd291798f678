"""Where the broker is: a given URL, or the embedded server's own port and password.

The first process of a farm that needs the embedded broker's address settles it in
`<data>/broker/address.json` (mode 0600); all others read it there.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

from brender_farm.config import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedAddress:
    """Port on loopback and password of the embedded broker."""

    port: int
    password: str

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


def broker_url(settings: Settings) -> str:
    """Return the broker's URL, settling the embedded one's address when there is none yet."""
    return settings.broker_url or embedded_address(settings.broker_dir).url


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
