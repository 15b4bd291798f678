"""`brender audit`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from brender_farm.cli.table import print_json
from brender_farm.errors import FarmError

if TYPE_CHECKING:
    from brender_farm.service.audit_result import AuditResult

ALL_WELL, BAD, UNSEEN = 0, 1, 2
_NAMED = 20


@click.command()
@click.argument("shot_id", type=int)
@click.option("--quick", is_flag=True, help="Existence and size only, not every byte.")
@click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
def audit(*, shot_id: int, quick: bool, as_json: bool) -> None:
    """Compare a shot's finished files with what is recorded of them.

    What is missing or changed is rendered again. Ends with status 0 when all is well, 1 when
    something was bad, 2 when it could not look.
    """
    try:
        result = _audit(shot_id, full=not quick)
    except FarmError as error:
        click.echo(f"brender: {error}", err=True)
        sys.exit(UNSEEN)
    if as_json:
        print_json(result)
    else:
        _print(result)
    sys.exit(status_of(result))


def status_of(result: AuditResult) -> int:
    if result.trouble:
        return UNSEEN
    return BAD if result.bad_count else ALL_WELL


def _audit(shot_id: int, *, full: bool) -> AuditResult:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from brender_farm.client import core_app, user_name
    from brender_farm.service.audit import audit_shot

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task(f"Auditing shot {shot_id}", total=None)
        with core_app().app_context():
            return audit_shot(
                shot_id,
                user_name(),
                full=full,
                on_frame=lambda done, total: bar.update(task, completed=done, total=total),
            )


def _print(result: AuditResult) -> None:
    how = f"{result.bytes_read / 2**20:.1f} MB read" if result.full else "existence and size"
    click.echo(
        f"Shot {result.shot_id}: {result.checked_count} finished frames looked at "
        f"({how}, {result.seconds:.1f} s)."
    )
    for bad in result.bad[:_NAMED]:
        click.echo(f"  frame {bad.frame}: {bad.wrong}")
    if result.bad_count > _NAMED:
        click.echo(f"  … and {result.bad_count - _NAMED} more.")
    if result.put_back_count:
        click.echo(f"{result.put_back_count} are pending again; the shot is {result.state}.")
    for words in (result.kept, result.trouble):
        if words:
            click.echo(words, err=True)
    if result.is_well:
        click.echo("All is as it was published.")
