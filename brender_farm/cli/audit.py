"""`brender audit`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.ending import Ending
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json
from brender_farm.cli.terminal import say
from brender_farm.domain.signs import without_turns

if TYPE_CHECKING:
    from brender_farm.service.audit_result import AuditResult

_NAMED = 20


@click.command(epilog=examples("brender audit 12", "brender audit 12 --quick --json"))
@options.a_shot
@click.option("--quick", is_flag=True, help="Existence and size only, not every byte.")
@options.as_json
def audit(*, shot: str, quick: bool, as_json: bool) -> None:
    """Compare a shot's finished files with what is recorded of them.

    What is missing or changed is rendered again. Ends with status 0 when all is well, 1 when
    something was bad, 5 when it could not look.
    """
    from brender_farm.cli.progress import progress
    from brender_farm.cli.targets import find_shot
    from brender_farm.client import this_farm

    farm = this_farm()
    shot_id = find_shot(farm, shot)
    with progress(f"Auditing shot {shot_id}") as show:
        result = farm.audit_shot(shot_id, full=not quick, on_frame=show)
    if as_json:
        print_json(result)
    else:
        _print(result)
    sys.exit(ending_of(result))


def ending_of(result: AuditResult) -> Ending:
    if result.trouble:
        return Ending.UNREACHABLE
    return Ending.REFUSED if result.bad_count else Ending.DONE


def _print(result: AuditResult) -> None:
    how = f"{result.bytes_read / 2**20:.1f} MB read" if result.full else "existence and size"
    say(
        f"Shot {result.shot_id}: {result.checked_count} finished frames looked at "
        f"({how}, {result.seconds:.1f} s)."
    )
    for bad in result.bad[:_NAMED]:
        say(f"  frame {bad.frame}: {bad.wrong}")
    if result.bad_count > _NAMED:
        say(f"  … and {result.bad_count - _NAMED} more.")
    if result.put_back_count:
        say(f"{result.put_back_count} are pending again; the shot is {result.state}.")
    for words in (result.kept, result.trouble):
        if words:
            click.echo(without_turns(words), err=True)
    if result.is_well:
        say("All is as it was published.")
