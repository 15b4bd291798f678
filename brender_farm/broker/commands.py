"""The remote-control commands that processes of the farm obey, and the task that each runs.

Celery's own would let anybody who reaches the broker stop a worker, starve it, have it consume
other queues or tell its settings. Those that only look stay, as Flower shows what they answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery.worker.control import Panel, inspect_command

if TYPE_CHECKING:
    from celery import Celery

LOOKS: dict[str, frozenset[str]] = {
    "active": frozenset({"safe"}),
    "active_queues": frozenset(),
    "conf": frozenset({"with_defaults"}),
    "enable_events": frozenset(),
    "ping": frozenset(),
    "registered": frozenset({"taskinfoitems", "builtins"}),
    "reserved": frozenset({"safe"}),
    "revoked": frozenset(),
    "scheduled": frozenset({"safe"}),
    "stats": frozenset(),
}
"""Celery's commands that stay, with the arguments they may have."""

_obeyed: frozenset[str] = frozenset()


def obeyed() -> frozenset[str]:
    """Return the commands of its own that this process obeys."""
    return _obeyed


def lock_down(app: Celery, *own: str) -> None:
    """Let this process run only the tasks that are the farm's, and obey only `own` commands.

    Call it once the app has its tasks, before the worker starts.
    """
    global _obeyed  # noqa: PLW0603 - Celery's table of commands is the process's, too
    _obeyed = frozenset(own)
    inspect_command(name="conf")(_tell_nothing)
    kept = {*LOOKS, *own}
    for table in (Panel.data, Panel.meta):
        for name in [name for name in table if name not in kept]:
            del table[name]
    app.finalize()  # else Celery adds its own later
    for name in [name for name in app.tasks if name.startswith("celery.")]:
        del app.tasks[name]


def _tell_nothing(_state: Any, **_: Any) -> dict[str, Any]:
    """Answer Flower, which waits for the settings, without any."""
    return {}
