"""Our view of kombu's Redis channel: one fault kept from ending workers, one cost saved.

When the broker goes between a message's arrival and its acknowledgement, Celery closes the
connection, and kombu 5.7 then wants to put the message back over that very connection. Now and then
it finds the connection taken apart already, and the AttributeError that follows ends the worker
as unrecoverable. What could not be put back is still among the unacknowledged messages: it comes
again by its visibility timeout, and the farm finds what a node never got by its leases.

For each command kombu makes a client of its own, 0.1 ms; it may as well be the same one, as the
connections are the pool's.
"""

from __future__ import annotations

import logging
from typing import Any

from kombu.transport import redis

log = logging.getLogger(__name__)


class ForgivingQoS(redis.QoS):
    """Keeps count of unacknowledged messages, as kombu's own does."""

    def restore_unacked_once(self, stderr: Any = None) -> None:
        """Put back what was not acknowledged, if the connection still lets us."""
        try:
            super().restore_unacked_once(stderr)  # type: ignore[no-untyped-call]
        except Exception as error:  # noqa: BLE001 - whatever it is: the connection is gone
            log.warning("Messages could not be put back.", extra={"error": str(error)})

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge a message, if it is one that waits for that."""
        if delivery_tag in self._delivered:
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]


class FarmChannel(redis.Channel):
    """A channel that forgives a lost connection, and makes one client for a pool."""

    QoS = ForgivingQoS
    _shared: Any = None

    def _create_client(self, asynchronous: bool = False) -> Any:
        if asynchronous:
            return super()._create_client(asynchronous=True)  # type: ignore[no-untyped-call]
        if self._shared is None or self._shared.connection_pool is not self.pool:
            self._shared = super()._create_client()  # type: ignore[no-untyped-call]
        return self._shared


def use_farm_channel() -> None:
    """Have every connection of this process use such channels."""
    redis.Transport.Channel = FarmChannel
