"""`brender after`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json
from brender_farm.cli.terminal import say

if TYPE_CHECKING:
    from brender_farm.service.shapes.shots import ShotDetail


@click.command(
    epilog=examples(
        "brender after 12               show it",
        "brender after 12 9,7           after shots 9 and 7, when they are completed",
        "brender after 12 --frames 9    frame 1 after frame 1 of shot 9, and so on",
        "brender after 12 --none        after no shot",
    )
)
@options.a_shot
@click.argument("shots", required=False)
@click.option("--frames", metavar="SHOTS", help="Each frame after the same frame of these.")
@click.option("--none", "nothing", is_flag=True, help="After no shot at all.")
@options.as_json
def after(
    *, shot: str, shots: str | None, frames: str | None, nothing: bool, as_json: bool
) -> None:
    """Show what a shot comes after, or let it come after SHOTS instead."""
    from brender_farm.cli.targets import find_shot
    from brender_farm.client import this_farm

    if nothing and (shots or frames):
        raise click.UsageError("Say --none, or which shots; not both.")
    farm = this_farm()
    shot_id = find_shot(farm, shot)
    if shots or frames or nothing:
        farm.set_after(shot_id, shots, frames)
    detail = farm.get_shot(shot_id)
    if as_json:
        print_json(
            {
                "shot": detail.row,
                "after": detail.after,
                "not_before": detail.not_before,
                "held_count": detail.held_count,
            }
        )
    else:
        _print(detail)


def _print(detail: ShotDetail) -> None:
    row = detail.row
    held = f", {detail.held_count} of its pending frames wait" if detail.held_count else ""
    say(f"Shot {row.id} is {row.state}{held}.")
    for other in detail.after:
        how = "frame by frame" if other.by_frame else "as a whole"
        say(f"  after shot {other.id} {how}: {other.state}, {other.name}")
    if not detail.after:
        say("  after no other shot")
    if detail.not_before is not None:
        say(f"  not before {detail.not_before:%Y-%m-%d %H:%M} UTC")
