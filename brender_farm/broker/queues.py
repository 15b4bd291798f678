"""The names of the farm's queues. On Redis each is a list of this name."""

from __future__ import annotations

FARM_QUEUE = "farm"
"""Reports on their way to the scheduler."""


def node_queue(name: str) -> str:
    """Return the queue of the node with this name."""
    return f"node.{name}"
