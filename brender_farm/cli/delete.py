"""`brender delete`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from brender_farm.service.shapes.shots import ShotRow


@click.command()
@click.argument("shot_id", type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(*, shot_id: int, yes: bool) -> None:
    """Stop a shot at once and forget it; its finished files stay.

    Asks first on a terminal; elsewhere it must be told --yes.
    """
    from brender_farm.client import core_app, get_shot, user_name
    from brender_farm.service.deletion import delete_shot

    detail = get_shot(shot_id).detail
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("There is no terminal to ask on. Say --yes to delete the shot.")
        click.confirm(_question(detail.row), abort=True)
    with core_app().app_context():
        delete_shot(shot_id, actor=user_name())
    kept = _frames(detail.row.done_count, "finished frame")
    click.echo(f"Shot {shot_id} was deleted. {kept} left in {detail.output_dir}.")


def _question(row: ShotRow) -> str:
    killed = f" {_frames(row.rendering_count, 'frame')} rendering now will be killed."
    return (
        f"Delete shot {row.id}, “{row.name}”, of {_frames(row.frame_count, 'frame')}?"
        f"{killed if row.rendering_count else ''} "
        f"The files of {_frames(row.done_count, 'finished frame')} stay."
    )


def _frames(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
