"""Our view of kombu's Redis channel: a door, one fault kept from ending workers, costs saved.

Every message passes broker/door.py before anything else sees it: kombu parses whatever lies in a
queue, and what it cannot parse ends the worker's loop.

Which queue a message goes to is said by its exchange and routing key alone. kombu would look it
up in sets at the broker (`_kombu.binding.*`), which every node could then write: one that is not to
be trusted could have the orders of others sent to itself.

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
import time
from queue import Empty
from typing import Any

from kombu.transport import redis

from brender_farm.broker.door import ANSWERS, admit, admit_broadcast
from brender_farm.broker.refusals import refusals
from brender_farm.errors import MessageRefused

log = logging.getLogger(__name__)

_BROKEN_PAUSE_S = 0.5
"""Between two tries to take from a queue that the broker refuses."""


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

    def restore_visible(self, start: int = 0, num: int = 10, interval: int = 10) -> None:
        """Put back what was taken and never acknowledged; a node acknowledges nothing."""
        if not self.channel.takes:
            super().restore_visible(start, num, interval)  # type: ignore[no-untyped-call]


class FarmChannel(redis.Channel):
    """A channel with a door, that forgives a lost connection, and makes one client for a pool."""

    QoS = ForgivingQoS
    from_transport_options: Any = (*redis.Channel.from_transport_options, "takes")
    takes = False
    """Whether it takes messages for good, without acknowledging any."""
    _shared: Any = None

    def _create_client(self, asynchronous: bool = False) -> Any:
        if asynchronous:
            return super()._create_client(asynchronous=True)  # type: ignore[no-untyped-call]
        if self._shared is None or self._shared.connection_pool is not self.pool:
            self._shared = super()._create_client()  # type: ignore[no-untyped-call]
        return self._shared

    def _brpop_read(self, **options: Any) -> bool:
        """Take one message of a queue, as kombu's own does, through the door."""
        try:
            try:
                found = self.client.parse_response(self.client.connection, "BRPOP", **options)
            except self.connection_errors:
                self.client.connection.disconnect()  # the next turn connects again
                raise
            except self.ResponseError as error:  # what stands there is no queue, or not ours
                refusals.note("the broker", str(error))
                time.sleep(_BROKEN_PAUSE_S)
                raise Empty from None
            if not found:
                raise Empty
            queue = self._name_of(found[0])
            self._queue_cycle.rotate(queue)
            self._let_in(queue, found[1])
            return True
        finally:
            self._in_poll: Any = None
            self._flush_brpop_reauth()  # type: ignore[no-untyped-call]

    def _let_in(self, queue: str, message: bytes) -> None:
        try:
            admitted = admit(queue, message)
        except MessageRefused as error:
            refusals.note(f"queue {queue}", str(error))
            return
        self.connection._deliver(admitted, queue)

    def _get(self, queue: str, _timeout: Any = None) -> dict[str, Any]:
        """Return the next message of a queue that may come in. Raises Empty."""
        with self.conn_or_acquire() as client:
            for step in self.priority_steps:
                while message := client.rpop(self._q_for_pri(queue, step)):  # type: ignore[no-untyped-call]
                    try:
                        return admit(queue, message)
                    except MessageRefused as error:
                        refusals.note(f"queue {queue}", str(error))
        raise Empty

    def _receive_one(self, c: Any) -> bool | None:
        """Take one message that was said to all, as kombu's own does, through the door."""
        try:
            response = c.parse_response()
        except self.connection_errors:
            self._in_listen: Any = None
            raise
        if not isinstance(response, list | tuple):
            return None
        payload = self._handle_message(c, response)  # type: ignore[no-untyped-call]
        if not _text(payload["type"]).endswith("message") or not payload["data"]:
            return None
        exchange = _text(payload["channel"]).partition(".")[2].split("/", 1)[0]
        try:
            admitted = admit_broadcast(exchange, payload["data"])
        except MessageRefused as error:
            refusals.note(f"broadcast {exchange}", str(error))
            return None
        self._deliver_fanout_message(admitted, exchange)  # type: ignore[no-untyped-call]
        return True

    def _name_of(self, key: bytes) -> str:
        return _text(key).rsplit(self.sep, 1)[0]

    def _queue_bind(self, exchange: str, routing_key: str, _pattern: str, queue: str) -> None:
        """Remember, here alone, which queue gets what is said to all."""
        if self.typeof(exchange).type == "fanout":  # type: ignore[no-untyped-call]
            self._fanout_queues[queue] = (exchange, routing_key.replace("#", "*"))

    def _lookup(self, exchange: str, routing_key: str, _default: str | None = None) -> list[str]:
        """Return the queue of a message; its name is its routing key, or made of it."""
        return [f"{routing_key}.{exchange}" if exchange == ANSWERS else routing_key]

    def maybe_refresh_binding_expiry(self) -> None:
        """Do nothing: there are no bindings at the broker."""

    def _delete(self, queue: str, *_: Any, **options: Any) -> None:
        self.auto_delete_queues.discard(queue)
        with self.conn_or_acquire(client=options.get("client")) as client:
            client.delete(*(self._q_for_pri(queue, step) for step in self.priority_steps))  # type: ignore[no-untyped-call]


def _text(word: bytes | str) -> str:
    return word.decode("utf-8", "replace") if isinstance(word, bytes) else word


def use_farm_channel() -> None:
    """Have every connection of this process use such channels."""
    redis.Transport.Channel = FarmChannel
