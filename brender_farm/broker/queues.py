"""The names of the farm's queues, tasks and commands. On Redis each queue is a list of its name."""

from __future__ import annotations

FARM_QUEUE = "farm"
"""Reports on their way to the scheduler."""
NODE_QUEUE = "node."
"""What the name of a node's queue begins with."""

RENDER_CHUNK = "render_chunk"
"""The task of a node's queue."""
REPORT = "farm.report"
"""The task of the farm's queue."""
STOP_CHUNKS = "stop_chunks"
FINISH_CHUNKS = "finish_chunks"
RESTART_BLENDERS = "restart_blenders"
CHECK_NODE = "check_node"


def node_queue(name: str) -> str:
    """Return the queue of the node with this name."""
    return f"{NODE_QUEUE}{name}"
