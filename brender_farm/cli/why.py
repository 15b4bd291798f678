"""`brender why`: what holds back a shot, or leaves a node without work."""

from __future__ import annotations

from collections.abc import Sequence

import click

from brender_farm.cli.table import print_json
from brender_farm.domain.reasons import Reason


@click.command()
@click.argument("shot_id", type=int, required=False)
@click.option("--node", default="", help="A node's name: why it has slots without work.")
@click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
def why(*, shot_id: int | None, node: str, as_json: bool) -> None:
    """Say why a shot waits, or a node idles, and what would end it.

    The weightiest reason is first. What keeps away only part of what could be had follows.
    """
    from brender_farm.client import core_app
    from brender_farm.service.why import why_node_named, why_shot

    if (shot_id is None) == (not node):
        raise click.UsageError("Name a shot by its number, or a node with --node.")
    with core_app().app_context():
        found = why_node_named(node) if shot_id is None else why_shot(shot_id)
    if as_json:
        print_json(found)
        return
    whose = f"Node {found.name}" if shot_id is None else f"Shot {shot_id} “{found.name}”"
    click.echo(f"{whose}: {found.verdict}")
    _print(found.reasons)


def _print(reasons: Sequence[Reason]) -> None:
    for number, reason in enumerate(reasons, 1):
        click.echo(f"{number:>3}. {reason.text}")
        if reason.remedy:
            click.echo(f"     {reason.remedy}")
