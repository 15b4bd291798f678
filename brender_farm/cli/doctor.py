"""`brender doctor`: every part of the farm checked, and how to mend what is wrong."""

from __future__ import annotations

import signal
import sys
import tempfile
import textwrap
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from brender_farm.cli.group import examples
from brender_farm.cli.options import NODE
from brender_farm.cli.progress import Show, progress
from brender_farm.cli.table import print_json
from brender_farm.cli.terminal import State, width
from brender_farm.config import settings
from brender_farm.domain.diagnosis import Diagnosis
from brender_farm.domain.diagnosis import State as Verdict
from brender_farm.domain.signs import one_line
from brender_farm.errors import ConfigError

if TYPE_CHECKING:
    from brender_farm.config import Settings
    from brender_farm.service.doctor import Examination
    from brender_farm.wire_checkup import CheckupAnswer, CheckupOrder

_WORDS = {Verdict.WARNING: "to look at", Verdict.UNKNOWN: "not checked"} | {
    state: state.value for state in (Verdict.WELL, Verdict.BROKEN)
}
_TERMINATED = 143
_STATE_COLUMNS, _PART_COLUMNS = 11, 15
_INDENT = _STATE_COLUMNS + _PART_COLUMNS
_LEAST_ROOM = 30


@click.command(epilog=examples("brender doctor", "brender doctor --node atlas --no-render"))
@click.option("--node", type=NODE, default="", metavar="NODE", help="Check this node only.")
@click.option("--no-render", is_flag=True, help="Have nodes render no test frame.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document for programs.")
def doctor(*, node: str, no_render: bool, as_json: bool) -> None:
    """Check every part of the farm, and say how to mend what is wrong.

    It is safe at any time, with the farm stopped and on a node's machine, too. Every node is asked
    what it sees, and renders a test frame of a second. Ends with 0 when nothing is broken, 1 when
    something is, 2 when something could not be checked.
    """
    # Ended by a service manager, it is to take its markers away as after Ctrl+C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    try:
        farm = settings()
    except ConfigError as error:
        _end_with(_misread(error), as_json=as_json)
    with progress("Checking the farm") as show:
        found = _examine(farm, node=node, render=not no_render, show=show)
    _end_with(found, as_json=as_json)


def _examine(farm: Settings, *, node: str, render: bool, show: Show) -> Examination:
    from brender_farm.service.doctor import examine

    def check_here(order: CheckupOrder) -> CheckupAnswer:
        from workers.checkup import examine_here

        with tempfile.TemporaryDirectory(prefix="brender-doctor-") as folder:
            return examine_here(order, farm, Path(folder), board=None)

    return examine(
        farm,
        node=node,
        render=render,
        check_here=check_here,
        tell=lambda _what, done, total: show(done, total),
    )


def _misread(error: ConfigError) -> Examination:
    """Return what can be said when a setting cannot be used: nothing else was looked at."""
    import platform
    from datetime import UTC, datetime

    from brender_farm.domain.diagnosis_parts import wrong_setting
    from brender_farm.service.doctor import Examination

    return Examination(
        diagnoses=(wrong_setting(error.message),),
        looked_at=datetime.now(UTC),
        seconds=0.0,
        hostname=platform.node(),
    )


def _end_with(found: Examination, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "state": found.state,
                "exit_status": found.exit_status,
                "node": found.node,
                "hostname": found.hostname,
                "looked_at": found.looked_at,
                "seconds": found.seconds,
                "diagnoses": found.diagnoses,
            }
        )
    else:
        _print(found)
    sys.exit(found.exit_status)


def _print(found: Examination) -> None:
    part = ""
    for each in found.diagnoses:
        _print_one(each, is_first=each.part != part)
        part = each.part
    click.echo(f"\n{_summary(found)}")


def _print_one(each: Diagnosis, *, is_first: bool) -> None:
    state = State(each.state.value, "bad" if each.state is Verdict.BROKEN else "")
    word = state.coloured(f"{state!s:<{_STATE_COLUMNS}}")
    part = f"{each.part if is_first else '':<{_PART_COLUMNS}}"
    subject = f"{each.subject}: " if each.subject and each.subject not in each.found else ""
    _print_wrapped(f"{word}{part}", f"{subject}{each.found}")
    if each.remedy:
        _print_wrapped(" " * _INDENT, f"→ {each.remedy}")


def _print_wrapped(head: str, text: str) -> None:
    """Print text beside its head, in lines that fit where there is a terminal."""
    columns = width()
    words = one_line(text)
    room = max(_LEAST_ROOM, (columns or 0) - _INDENT)
    lines = textwrap.wrap(words, room, break_on_hyphens=False) if columns else [words]
    for number, line in enumerate(lines or [""]):
        click.echo(f"{head if number == 0 else ' ' * _INDENT}{line}".rstrip())


def _summary(found: Examination) -> str:
    counts = Counter(each.state for each in found.diagnoses)
    told = ", ".join(
        f"{counts[state]} {_WORDS[state]}" for state in list(Verdict)[::-1] if counts[state]
    )
    return f"{told} ({found.seconds:.1f} s)"
