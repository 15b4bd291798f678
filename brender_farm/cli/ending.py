"""How a command ends: its exit status, and what is said of an error."""

from __future__ import annotations

import json
import sys
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import click

from brender_farm import errors
from brender_farm.domain.signs import without_turns

if TYPE_CHECKING:
    from brender_farm.domain.states import ShotState


class Ending(IntEnum):
    """The exit statuses of `brender`; docs/command-line.md has them for people."""

    DONE = 0
    REFUSED = 1
    """The farm refused it, or it failed."""
    WRONG_USE = 2
    NOT_FOUND = 3
    NOT_ALLOWED = 4
    """A login is missing, or the right."""
    UNREACHABLE = 5
    """The database, the broker, the dashboard or the storage does not answer."""
    FAILED = 10
    """The shot that was waited for has frames that gave up."""
    CANCELLED = 11
    PAUSED = 12
    """The shot that was waited for was paused by the farm: nothing of it can be rendered."""
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    """Who read the output has gone, as with `| head`."""


_BY_ERROR: tuple[tuple[str, Ending], ...] = (
    ("NotFound", Ending.NOT_FOUND),
    ("SignInNeeded", Ending.NOT_ALLOWED),
    ("NotAllowed", Ending.NOT_ALLOWED),
    ("FarmUnreachable", Ending.UNREACHABLE),
    ("BrokerUnavailable", Ending.UNREACHABLE),
    ("DatabaseUnavailable", Ending.UNREACHABLE),
)


def ending_of(error: errors.FarmError) -> Ending:
    """Return the status that a command ends with after this error."""
    names = {each.__name__ for each in type(error).__mro__}
    return next((ending for name, ending in _BY_ERROR if name in names), Ending.REFUSED)


def ending_of_shot(state: ShotState) -> Ending:
    """Return the status that waiting for a shot ends with, now that it is over or halted."""
    by_state = {
        "completed": Ending.DONE,
        "cancelled": Ending.CANCELLED,
        "paused": Ending.PAUSED,
    }
    return by_state.get(state, Ending.FAILED)


def tell(error: errors.FarmError, *, as_json: bool) -> Ending:
    """Say on stderr what went wrong; return the status to end with."""
    ending = ending_of(error)
    if not as_json:
        complain(error.message)
        return ending
    _print(
        {
            "status": ending.value,
            "kind": ending.name.lower(),
            "message": error.message,
            "faults": [
                {"field": fault.field, "message": fault.message, "remedy": fault.remedy}
                for fault in getattr(error, "faults", ())
            ],
            "allowed": list(getattr(error, "allowed", ())),
        }
    )
    return ending


def tell_usage(error: click.ClickException, *, as_json: bool) -> Ending:
    """Say on stderr how a command was used wrongly, and where its help is."""
    where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
    message = error.format_message().rstrip()
    message = message if message.endswith((".", "?", ")", "!")) else f"{message}."
    if as_json:
        _print({"status": 2, "kind": "wrong_use", "message": message, "faults": [], "allowed": []})
    else:
        complain(f"{message} See: {where or 'brender'} --help")
    return Ending.WRONG_USE


def complain(words: str) -> None:
    """Print one clear line on stderr, as all of them begin."""
    click.echo(f"brender: {without_turns(words)}", err=True)


def _print(error: dict[str, Any]) -> None:
    json.dump({"error": error}, sys.stderr, indent=2, ensure_ascii=False)
    sys.stderr.write("\n")
