"""Running a command to its end: every way to end is a status and at most one clear line."""

from __future__ import annotations

import gc
import os
import sys

import click

from brender_farm.cli.ending import Ending, complain, tell, tell_usage
from brender_farm.errors import FarmError

_GO_ON = frozenset({"up", "demo", "broker", "web", "scheduler", "worker", "flower"})
_GARBAGE_AFTER = 200_000


def run(cli: click.Group) -> int:
    """Run what was typed; return the status to end the program with."""
    if _GO_ON.isdisjoint(sys.argv[1:]):
        # Most of what a short command makes are modules: it would be looked through in vain, again
        # and again, for a tenth of the command's time.
        gc.set_threshold(_GARBAGE_AFTER, 20, 20)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal of another alphabet shows ? for a letter it has not; it is no error.
            stream.reconfigure(errors="replace")
    status = _run(cli)
    gc.freeze()  # else Python looks through all of it once more at its end: a fifth of `shots`
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
        return Ending.PIPE_CLOSED
    return status


def _run(cli: click.Group) -> int:
    as_json = "--json" in sys.argv[1:]
    try:
        result = cli.main(prog_name="brender", standalone_mode=False)
    except FarmError as error:
        return tell(error, as_json=as_json)
    except click.Abort as error:
        return _given_up(error)
    except click.ClickException as error:
        return tell_usage(error, as_json=as_json)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception as error:
        if not type(error).__module__.startswith("sqlalchemy."):
            raise
        return tell(_database_error(error), as_json=as_json)
    return result if isinstance(result, int) else Ending.DONE


def _given_up(error: click.Abort) -> Ending:
    """Tell Ctrl+C, which needs no words, from a question that was answered with no."""
    if isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
        return Ending.INTERRUPTED
    complain("Nothing was done.")
    return Ending.REFUSED


def _database_error(error: Exception) -> FarmError:
    from brender_farm.errors import DatabaseUnavailable

    words = str(getattr(error, "orig", None) or error).strip().splitlines()
    return DatabaseUnavailable(
        f"The farm's database does not answer: {words[0] if words else type(error).__name__}. "
        "Check BRENDER_DATABASE_URL, and that there is room on its disk; see: brender doctor"
    )


def _forget_output() -> None:
    """Let what is left go nowhere: Python writes it at its end, and would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
