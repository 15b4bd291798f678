"""`brender adopt`."""

from __future__ import annotations

import click

from brender_farm.cli import options
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json
from brender_farm.cli.terminal import say


@click.command(epilog=examples("brender adopt 12 --rest", "brender adopt 12 --all"))
@options.a_shot
@click.option("--rest", "scope", flag_value="rest", help="For the frames that are not finished.")
@click.option("--all", "scope", flag_value="all", help="Render every frame again.")
@options.as_json
def adopt(*, shot: str, scope: str | None, as_json: bool) -> None:
    """Go on with the .blend of a shot as it is now, after it was changed.

    To keep rendering the old file instead, put it back and resume the shot.
    """
    from brender_farm.cli.targets import find_shot
    from brender_farm.client import this_farm

    if scope is None:
        raise click.UsageError("Say for which frames: --rest or --all.")
    farm = this_farm()
    row = farm.adopt_blend(find_shot(farm, shot), scope)
    if as_json:
        print_json(row)
    else:
        say(f"Shot {row.id} renders the changed .blend; it is {row.state}.")
