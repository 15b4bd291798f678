"""`brender adopt`."""

from __future__ import annotations

import click


@click.command()
@click.argument("shot_id", type=int)
@click.option("--rest", "scope", flag_value="rest", help="For the frames that are not finished.")
@click.option("--all", "scope", flag_value="all", help="Render every frame again.")
def adopt(*, shot_id: int, scope: str | None) -> None:
    """Go on with the .blend of a shot as it is now, after it was changed.

    To keep rendering the old file instead, put it back and resume the shot.
    """
    from brender_farm.client import ShotHandle

    if scope is None:
        raise click.UsageError("Say for which frames: --rest or --all.")
    state = ShotHandle(shot_id).adopt(scope)
    click.echo(f"Shot {shot_id} renders the changed .blend; it is {state}.")
