"""`brender why`: what holds back a shot, or leaves a node without work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json
from brender_farm.cli.terminal import say

if TYPE_CHECKING:
    from brender_farm.domain.reasons import Reason
    from brender_farm.service.shapes.why import NodeWhy, ShotWhy


@click.command(
    epilog=examples("brender why 12", "brender why --node atlas", "brender why 12 --json")
)
@click.argument("shot", type=options.SHOT, required=False)
@click.option(
    "--node", type=options.NODE, default="", help="A node's name: why it has slots without work."
)
@options.as_json
def why(*, shot: str | None, node: str, as_json: bool) -> None:
    """Say why a shot waits, or a node idles, and what would end it.

    The weightiest reason is first. What keeps away only part of what could be had follows.
    """
    from brender_farm.cli.targets import find_nodes, find_shot
    from brender_farm.client import this_farm

    if (shot is None) == (not node):
        raise click.UsageError("Name a shot, or a node with --node.")
    farm = this_farm()
    found: ShotWhy | NodeWhy
    if shot is None:
        found = farm.why_node(find_nodes(farm, [node])[0].id)
        whose = f"Node {found.name}"
    else:
        shot_id = find_shot(farm, shot)
        found = farm.why_shot(shot_id)
        whose = f"Shot {shot_id} “{found.name}”"
    if as_json:
        print_json(found)
        return
    say(f"{whose}: {found.verdict}")
    _print(found.reasons)


def _print(reasons: Sequence[Reason]) -> None:
    for number, reason in enumerate(reasons, 1):
        say(f"{number:>3}. {reason.text}")
        if reason.remedy:
            say(f"     {reason.remedy}")
