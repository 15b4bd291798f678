"""How a node takes its messages: each is gone from the broker as soon as the node has it."""

from __future__ import annotations

from typing import Any

from celery.app.amqp import AMQP


class TakingAMQP(AMQP):  # type: ignore[misc] # Celery publishes no types
    """Consumes without acknowledgement.

    A node's messages need none: the database holds the lease, and finds a chunk that its node
    never took. Keeping them among the unacknowledged until the task begins takes the broker and the
    node four more commands a chunk, and brings messages back that nobody wants twice.
    """

    def TaskConsumer(self, channel: Any, *args: Any, **options: Any) -> Any:  # noqa: N802 - its name
        return super().TaskConsumer(channel, *args, no_ack=True, **options)
