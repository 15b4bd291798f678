"""`brender after` and `brender start`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from brender_farm.service.shapes.shots import ShotDetail


@click.command()
@click.argument("shot_id", type=int)
@click.argument("shots", required=False)
@click.option("--frames", metavar="SHOTS", help="Each frame after the same frame of these.")
@click.option("--none", "nothing", is_flag=True, help="After no shot at all.")
def after(*, shot_id: int, shots: str | None, frames: str | None, nothing: bool) -> None:
    """Show what a shot comes after, or let it come after SHOTS instead.

    \b
    brender after 12               show it
    brender after 12 9,7           after shots 9 and 7, when they are completed
    brender after 12 --frames 9    frame 1 after frame 1 of shot 9, and so on
    brender after 12 --none        after no shot
    """
    from brender_farm.client import get_shot

    handle = get_shot(shot_id)
    if nothing and (shots or frames):
        raise click.UsageError("Say --none, or which shots; not both.")
    if shots or frames or nothing:
        handle.set_after(shots, frames)
    _print(handle.detail)


@click.command()
@click.argument("shot_id", type=int)
@click.option("--reason", default="", help="Kept in the shot's history.")
def start(*, shot_id: int, reason: str) -> None:
    """Let a waiting shot begin, whatever it waits for."""
    from brender_farm.client import ShotHandle

    state = ShotHandle(shot_id).act("start", reason=reason)
    click.echo(f"Shot {shot_id} is {state}.")


def _print(detail: ShotDetail) -> None:
    row = detail.row
    held = f", {detail.held_count} of its pending frames wait" if detail.held_count else ""
    click.echo(f"Shot {row.id} is {row.state}{held}.")
    for other in detail.after:
        how = "frame by frame" if other.by_frame else "as a whole"
        click.echo(f"  after shot {other.id} {how}: {other.state}, {other.name}")
    if not detail.after:
        click.echo("  after no other shot")
    if detail.not_before is not None:
        click.echo(f"  not before {detail.not_before:%Y-%m-%d %H:%M} UTC")
