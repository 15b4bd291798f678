"""`brender archive`, `brender unarchive` and `brender reset`: one action over some shots."""

from __future__ import annotations

import sys

import click

_ids = click.argument("shot_ids", type=int, nargs=-1, required=True)


@click.command()
@_ids
def archive(*, shot_ids: tuple[int, ...]) -> None:
    """Put shots that are over away: out of the list, and nothing of them is lost."""
    _do("archive", shot_ids, "archived")


@click.command()
@_ids
def unarchive(*, shot_ids: tuple[int, ...]) -> None:
    """Put archived shots back into the list."""
    _do("unarchive", shot_ids, "in the list")


@click.command()
@_ids
@click.option("--reason", default="", help="Kept in the shots' history.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(*, shot_ids: tuple[int, ...], reason: str, yes: bool) -> None:
    """Stop what shots have on nodes and render all their frames again.

    Each old file stays until its new one is proven. Asks first on a terminal; elsewhere it must
    be told --yes.
    """
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("There is no terminal to ask on. Say --yes to reset the shots.")
        click.confirm(_question(shot_ids), abort=True)
    _do("reset", shot_ids, "begun again", reason=reason)


def _question(shot_ids: tuple[int, ...]) -> str:
    from brender_farm.client import core_app
    from brender_farm.service.bulk import survey

    with core_app().app_context():
        reached = survey("reset", shot_ids)
    return (
        f"Reset {_plural(len(reached.ids), 'shot')}? All {_plural(reached.frame_count, 'frame')} "
        f"are rendered again, {reached.done_count} finished ones among them."
    )


def _do(action: str, shot_ids: tuple[int, ...], done: str, *, reason: str = "") -> None:
    """Do it, say what became of each shot, and end with 1 if one was refused."""
    from brender_farm.client import core_app, user_name
    from brender_farm.service.bulk import bulk

    with core_app().app_context():
        result = bulk(action, shot_ids, actor=user_name(), reason=reason)
    if result.done:
        one = len(result.done) == 1
        numbers = ", ".join(map(str, sorted(result.done)))
        click.echo(f"{'Shot' if one else 'Shots'} {numbers} {'is' if one else 'are'} {done}.")
    for refusal in result.refused:
        click.echo(f"brender: shot {refusal.shot_id}: {refusal.why}", err=True)
    if result.refused:
        sys.exit(1)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
