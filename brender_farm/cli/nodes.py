"""Commands that show and steer nodes."""

from __future__ import annotations

import click

from brender_farm.cli.table import print_json, print_table
from brender_farm.errors import NotFound
from brender_farm.service.shapes import NodeRow


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
def nodes(*, as_json: bool) -> None:
    """List the nodes and what they render."""
    from brender_farm.client import core_app
    from brender_farm.service.nodes import list_nodes

    with core_app().app_context():
        rows = list_nodes().rows
    if as_json:
        print_json(rows)
        return
    heads = ("NAME", "STATE", "SLOTS", "CPU", "MEMORY", "BLENDER", "RENDERS")
    print_table(heads, [_cells(row) for row in rows])


@click.group()
def node() -> None:
    """Enable, drain or disable a node."""


def _add(action: str, help_: str) -> None:
    @node.command(name=action, help=help_)
    @click.argument("name")
    @click.option("--reason", default="", help="Shown on the Nodes page.")
    def command(*, name: str, reason: str) -> None:
        from brender_farm.client import core_app, user_name
        from brender_farm.service.nodes import act_on_node, list_nodes

        with core_app().app_context():
            found = next((row for row in list_nodes().rows if row.name == name), None)
            if found is None:
                raise NotFound(f"There is no node {name!r}. See: brender nodes")
            row = act_on_node(found.id, action, actor=user_name(), reason=reason)
        click.echo(f"Node {row.name} is {row.intent}.")


_add("enable", "Give it work again.")
_add("drain", "Give it nothing new; it finishes what it has.")
_add("disable", "Take it out of the farm until it is enabled.")


def _cells(row: NodeRow) -> tuple[object, ...]:
    sample = row.sample
    cpu = f"{sample.cpu_pct:.0f} %" if sample.cpu_pct is not None else "-"
    memory = "-"
    if sample.memory_used_bytes is not None and sample.memory_total_bytes:
        memory = (
            f"{sample.memory_used_bytes / 2**30:.1f}/{sample.memory_total_bytes / 2**30:.0f} GB"
        )
    work = ", ".join(
        f"{w.shot_name} {w.frame if w.frame is not None else w.frames}" for w in row.work
    )
    state = f"{'online' if row.online else 'offline'}, {row.intent}"
    return row.name, state, row.slots, cpu, memory, " ".join(row.blender_versions), work or "-"
