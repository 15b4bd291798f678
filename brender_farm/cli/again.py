"""`brender rerender` and `brender unban`."""

from __future__ import annotations

import click


@click.command()
@click.argument("shot_id", type=int)
@click.option("--frames", default=None, help="Which of them, such as 1-5 or 3,7; all if left out.")
@click.option("--reason", default="", help="Kept in the shot's history.")
def rerender(*, shot_id: int, frames: str | None, reason: str) -> None:
    """Render finished and failed frames of a shot again.

    Each old file stays until its new one is proven. Frames that are pending or rendering are left
    alone.
    """
    from brender_farm.client import core_app, user_name
    from brender_farm.service.again import rerender_frames

    with core_app().app_context():
        row, count = rerender_frames(shot_id, frames, actor=user_name(), reason=reason)
    words = "1 frame is" if count == 1 else f"{count} frames are"
    click.echo(f"{words} to be rendered again; shot {row.id} is {row.state}.")


@click.command()
@click.argument("shot_id", type=int)
def unban(*, shot_id: int) -> None:
    """Give the nodes that were banned from a shot another chance."""
    from brender_farm.client import core_app, user_name
    from brender_farm.service.again import clear_bans

    with core_app().app_context():
        row = clear_bans(shot_id, actor=user_name())
    click.echo(f"Every node may render shot {row.id} again; it is {row.state}.")
