"""A lost connection must not end a worker: a fault of kombu 5.7 kept from doing so.

When the broker goes between a message's arrival and its acknowledgement, Celery closes the
connection, and kombu then wants to put the message back over that very connection. Now and then
it finds the connection taken apart already, and the AttributeError that follows ends the worker
as unrecoverable. What could not be put back is still among the unacknowledged messages: it comes
again by its visibility timeout, and the farm finds what a node never got by its leases.
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


def forgive_lost_connections() -> None:
    """Have every connection of this process count its messages so."""
    redis.Channel.QoS = ForgivingQoS
