"""The farm's keys of its nodes: seals what goes to them, believes what they sealed.

A node that has a key is believed only what is sealed with it, so nobody can do without; one whose
key was revoked is believed nothing. A node without a key is believed as it is, until the farm
requires keys (setting `require_node_keys`).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

from brender_farm import wire
from brender_farm.broker.refusals import refusals
from brender_farm.broker.seals import BEAT, ORDER, REPORT, Seal
from brender_farm.errors import MessageRefused

MAX_BEAT_BYTES = 2 * 1024 * 1024
_FORMER_BOOTS = 200
"""Starts of a node that are remembered, so that no old heartbeat is taken for a new start."""


class Keyring:
    """Which nodes have keys now, and which start of each is the present one."""

    def __init__(self) -> None:
        self._seals: dict[str, Seal] = {}
        self._keys: dict[str, str] = {}
        self._revoked: frozenset[str] = frozenset()
        self._required = False
        self._boots: dict[str, str] = {}
        self._refused: dict[str, int] = {}
        self._former: defaultdict[str, deque[str]] = defaultdict(
            lambda: deque(maxlen=_FORMER_BOOTS)
        )

    def load(
        self,
        keys: Mapping[str, str],
        *,
        revoked: frozenset[str] = frozenset(),
        boots: Mapping[str, str] | None = None,
        required: bool = False,
    ) -> None:
        """Take over which keys (node → signing key) there are; `boots` where none is known yet."""
        for name in [name for name, key in self._keys.items() if keys.get(name) != key]:
            del self._keys[name], self._seals[name]
        for name in keys.keys() - self._keys.keys():
            self._keys[name], self._seals[name] = keys[name], Seal(name, keys[name])
        self._revoked, self._required = revoked, required
        for name, boot in (boots or {}).items():
            self._boots.setdefault(name, boot)

    @property
    def names(self) -> tuple[str, ...]:
        """The nodes that have keys."""
        return tuple(self._seals)

    def order(self, node: str, order: wire.ChunkOrder) -> dict[str, Any]:
        """Return a chunk's order as it goes to a node, sealed if that has a key."""
        return self._closed(node, ORDER, order) or wire.write(order)

    def command(
        self, node: str, name: str, order: wire.ChunksOrder | wire.RestartOrder
    ) -> dict[str, Any]:
        """Return the arguments of a command by remote control, sealed if the node has a key."""
        sealed = self._closed(node, name, order)
        return {"sealed": sealed} if sealed else {"body": wire.write(order)}

    def report(self, body: object) -> wire.Report:
        """Return the report in a message. Raises MessageRefused, naming the node."""
        sealed = wire.read(wire.Sealed, body) if isinstance(body, dict) and "mac" in body else None
        if sealed is None:
            report = wire.read(wire.Report, body)
            self._require_none(report.node)
            return report
        text = self._seal_of(sealed.node).open(REPORT, sealed)
        report = wire.decode(wire.Report, text)
        if report.node != sealed.node:
            raise MessageRefused(f"Node {sealed.node} reported in another's name.")
        return report

    def beat(self, name: str, text: bytes, *, is_own_key: bool) -> wire.Heartbeat | None:
        """Return a node's heartbeat; None for one that is not believed.

        `is_own_key`: it stood where only the node and the farm can write.
        """
        try:
            beat = self._beat(name, text, is_own_key=is_own_key)
        except MessageRefused as error:
            digest = hash(text)
            if self._refused.get(name) != digest:  # an old one stays where it is
                self._refused[name] = digest
                refusals.note(f"node {name}", f"Heartbeat: {error}")
            return None
        self._refused.pop(name, None)
        return beat

    def _beat(self, name: str, text: bytes, *, is_own_key: bool) -> wire.Heartbeat:
        if len(text) > MAX_BEAT_BYTES:
            raise MessageRefused(f"It has {len(text)} bytes, and {MAX_BEAT_BYTES} are the most.")
        if is_own_key:
            sealed = wire.decode(wire.Sealed, text)
            beat = wire.decode(wire.Heartbeat, self._seal_of(name).open(BEAT, sealed))
        else:
            beat = wire.decode(wire.Heartbeat, text)
            self._require_none(name)
        if beat.node != name:
            raise MessageRefused("It is in another node's name.")
        if is_own_key:
            self._follow(name, beat.boot)
        return beat

    def _follow(self, name: str, boot: str) -> None:
        """Note which start of a node is the present one."""
        present = self._boots.get(name)
        if boot == present:
            return
        if boot in self._former[name]:
            raise MessageRefused("It is an old one, of a start of the node that another followed.")
        if present:
            self._former[name].append(present)
        self._boots[name] = boot

    def _closed(self, node: str, what: str, message: Any) -> dict[str, Any] | None:
        seal = self._seals.get(node)
        if seal is None:
            return None
        text = wire.encode(message).decode()
        return wire.write(seal.close(what, self._boots.get(node, ""), text))

    def _seal_of(self, name: str) -> Seal:
        seal = self._seals.get(name)
        if seal is None:
            if name in self._revoked:
                raise MessageRefused(f"The key of node {name} was revoked.")
            raise MessageRefused(f"This farm has no key of node {name}.")
        return seal

    def _require_none(self, name: str) -> None:
        """Raise MessageRefused where a node may not go without a seal."""
        if name in self._seals:
            raise MessageRefused(
                f"Node {name} has a key, and this is not sealed with it. "
                "Set BRENDER_NODE_KEY there, and use the address that came with it."
            )
        if name in self._revoked:
            raise MessageRefused(f"The key of node {name} was revoked.")
        if self._required:
            raise MessageRefused(
                f"Node {name} has no key, and this farm requires one: brender node-token {name}"
            )
