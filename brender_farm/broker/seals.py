"""Seals: what says that a message is of one node, or for it, and of this farm.

A node's key (table `node_keys`) is one random secret. Two things are derived from it, so that
neither tells the other: the password of the node's user at the broker, and the key that its
messages are sealed with, HMAC-SHA-256 over what the message is, whose, for which start of the
node's process, and its exact text. Each farm makes its own secrets: what one sealed means nothing
to another.

Nothing that is sealed does harm a second time. A chunk's id is never used twice, and an order is
for one start of the node's process, which takes each chunk once. Reports are recorded once,
whatever comes twice or late. Heartbeats count up within a start, and a start that another followed
is not believed again.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from brender_farm import wire
from brender_farm.errors import MessageRefused

ORDER = "order"
REPORT = "report"
BEAT = "beat"
_VERSION = "brender 1"


def new_secret() -> str:
    """Return a secret for a node that has none."""
    return secrets.token_hex(32)


def broker_password(secret: str) -> str:
    """Return the password of a node's user at the broker."""
    return _derive(secret, "broker password")


def signing_key(secret: str) -> str:
    """Return the key that a node's messages are sealed with: BRENDER_NODE_KEY."""
    return _derive(secret, "message key")


class Seal:
    """Seals and opens the messages of one node. A seal that is wrong raises MessageRefused."""

    def __init__(self, node: str, key: str) -> None:
        self._node = node
        self._key = bytes.fromhex(key)

    def close(self, what: str, boot: str, text: str) -> wire.Sealed:
        """Return a message sealed; `what` is its kind, `boot` the start of the node it is for."""
        mac = self._mac(what, boot, text)
        return wire.Sealed(mac=mac, node=self._node, boot=boot, text=text)

    def open(self, what: str, sealed: wire.Sealed) -> str:
        """Return the text of a message of this kind, if the seal is right."""
        wanted = self._mac(what, sealed.boot, sealed.text)
        if sealed.node != self._node or not hmac.compare_digest(wanted, sealed.mac):
            raise MessageRefused(f"Its seal is not that of node {self._node}.")
        return sealed.text

    def _mac(self, what: str, boot: str, text: str) -> str:
        # No part but the last can have a NUL in it, so no two messages read the same.
        parts = "\0".join((_VERSION, what, self._node, boot, text))
        return hmac.digest(self._key, parts.encode("utf-8", "surrogatepass"), "sha256").hex()


def _derive(secret: str, label: str) -> str:
    return hmac.digest(secret.encode(), f"brender {label}".encode(), hashlib.sha256).hex()
