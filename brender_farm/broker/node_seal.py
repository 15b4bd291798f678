"""A node's side of the seals: it seals what it says, and opens what is for this start of it."""

from __future__ import annotations

from typing import Any

from brender_farm import wire
from brender_farm.broker.seals import BEAT, ORDER, REPORT, Seal
from brender_farm.errors import MessageRefused

_Order = wire.ChunksOrder | wire.RestartOrder


class NodeSeal:
    """A node's side: seals what it says, and opens what is for this start of it."""

    def __init__(self, name: str, key: str | None, boot: str) -> None:
        self._name = name
        self._boot = boot
        self._seal = Seal(name, key) if key else None

    @property
    def is_sealing(self) -> bool:
        return self._seal is not None

    def report(self, report: wire.Report) -> dict[str, Any]:
        """Return a report as it goes to the farm."""
        if self._seal is None:
            return wire.write(report)
        text = wire.encode(report).decode()
        return wire.write(self._seal.close(REPORT, self._boot, text))

    def beat(self, beat: wire.Heartbeat) -> bytes:
        """Return a heartbeat as it stands on the board."""
        text = wire.encode(beat)
        if self._seal is None:
            return text
        return wire.encode(self._seal.close(BEAT, self._boot, text.decode()))

    def order(self, body: object) -> wire.ChunkOrder:
        """Return the order in a message. Raises MessageRefused."""
        is_sealed = isinstance(body, dict) and "mac" in body
        if self._seal is None and not is_sealed:
            return wire.read(wire.ChunkOrder, body)
        return wire.decode(wire.ChunkOrder, self._opened(ORDER, body if is_sealed else None))

    def command(
        self,
        name: str,
        kind: type[wire.ChunksOrder] | type[wire.RestartOrder],
        given: dict[str, Any],
    ) -> _Order:
        """Return what a command says. Raises MessageRefused."""
        if self._seal is None and "sealed" not in given:
            return wire.read(kind, given.get("body"))
        return wire.decode(kind, self._opened(name, given.get("sealed")))

    def _opened(self, what: str, body: object | None) -> str:
        if body is None:
            raise MessageRefused("It is not sealed, and this node has a key (BRENDER_NODE_KEY).")
        if self._seal is None:
            raise MessageRefused(
                "It is sealed, and this node has no key. Set BRENDER_NODE_KEY to what "
                f"“brender node-token {self._name}” shows on the farm."
            )
        sealed = wire.read(wire.Sealed, body)
        text = self._seal.open(what, sealed)
        if sealed.boot != self._boot:
            raise MessageRefused("It was for another start of this node.")
        return text
