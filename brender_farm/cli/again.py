"""`brender rerender` and `brender unban`."""

from __future__ import annotations

import click

from brender_farm.cli import options
from brender_farm.cli.asking import plural
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json
from brender_farm.cli.terminal import say


@click.command(
    epilog=examples(
        "brender rerender 12 --frames 1-5",
        'brender rerender 12 --reason "New lamp"',
    )
)
@options.a_shot
@click.option("--frames", default=None, help="Which of them, such as 1-5 or 3,7; all if left out.")
@options.reason
@options.as_json
def rerender(*, shot: str, frames: str | None, reason: str, as_json: bool) -> None:
    """Render finished and failed frames of a shot again.

    Each old file stays until its new one is proven. Frames that are pending or rendering are left
    alone.
    """
    from brender_farm.cli.targets import find_shot
    from brender_farm.client import this_farm

    farm = this_farm()
    row, count = farm.rerender_frames(find_shot(farm, shot), frames, reason=reason)
    if as_json:
        print_json({"shot": row, "count": count})
        return
    verb = "is" if count == 1 else "are"
    say(f"{plural(count, 'frame')} {verb} to be rendered again; shot {row.id} is {row.state}.")


@click.command(epilog=examples("brender unban 12"))
@options.a_shot
@options.as_json
def unban(*, shot: str, as_json: bool) -> None:
    """Give the nodes that were banned from a shot another chance."""
    from brender_farm.cli.targets import find_shot
    from brender_farm.client import this_farm

    farm = this_farm()
    row = farm.clear_bans(find_shot(farm, shot))
    if as_json:
        print_json(row)
    else:
        say(f"Every node may render shot {row.id} again; it is {row.state}.")
