"""Commands that show and steer nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from brender_farm.cli.table import print_json, print_table
from brender_farm.domain.away import clock
from brender_farm.domain.hours import ALWAYS
from brender_farm.domain.local_time import local_time
from brender_farm.errors import NotFound
from brender_farm.service.shapes.nodes import NodeRow

HEADS = ("NAME", "STATE", "POOL", "SLOTS", "CPU", "MEMORY", "BLENDER", "GPU", "RENDERS")
IF_ANY = {"POOL", "GPU"}
"""Columns that are left out while no node has anything to say there."""


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
    cells = [_cells(row) for row in rows]
    # Most farms have neither pools nor graphics cards: then neither takes up room.
    heads = [
        head for head in HEADS if head not in IF_ANY or any(each[head] != "-" for each in cells)
    ]
    print_table(heads, [[each[head] for head in heads] for each in cells])
    for row in rows:
        for words in _notes(row):
            click.echo(f"{row.name}: {words}")


@click.group()
def node() -> None:
    """Enable, drain, disable or forget a node; set its hours and tags; restart its Blenders."""


_reason = click.option("--reason", default="", help="Shown on the Nodes page.")


@node.command()
@click.argument("name")
@_reason
def enable(*, name: str, reason: str) -> None:
    """Give it work again, also after the farm took it out as sick."""
    _act(name, "enable", reason)


@node.command()
@click.argument("name")
@_reason
def drain(*, name: str, reason: str) -> None:
    """Give it nothing new; it finishes what it has."""
    _act(name, "drain", reason)


@node.command()
@click.argument("name")
@_reason
@click.option("--now", is_flag=True, help="Stop its frames now; they are rendered elsewhere.")
def disable(*, name: str, reason: str, now: bool) -> None:
    """Take it out of the farm until it is enabled; it finishes its current frames."""
    _act(name, "disable", reason, kill=now)


@node.command()
@click.argument("name")
@click.argument("hours", required=False)
def hours(*, name: str, hours: str | None) -> None:
    """Show or set when it takes new work: "mon-fri 19:00-08:00, sat-sun", or always.

    The clock is the farm machine's. Outside its hours a node finishes what it has.
    """
    from brender_farm.client import core_app, user_name
    from brender_farm.service.nodes import set_hours

    with core_app().app_context():
        row = _named(name)
        if hours is not None:
            row = set_hours(row.id, hours, actor=user_name())
    click.echo(f"Node {row.name} takes new work: {row.hours or ALWAYS}.")
    if row.opens_at is not None:
        click.echo(closed_until(row.opens_at))


@node.command()
@click.argument("name")
@click.argument("tags", required=False)
@click.option("--own", is_flag=True, help="Its own again, as BRENDER_TAGS says there.")
def tags(*, name: str, tags: str | None, own: bool) -> None:
    """Show or set what it is good for: gpu,fast; an empty "" for none."""
    from brender_farm.client import core_app, user_name
    from brender_farm.service.nodes import set_tags

    if own and tags is not None:
        raise click.UsageError("Give tags, or --own.")
    with core_app().app_context():
        row = _named(name)
        if own or tags is not None:
            row = set_tags(row.id, None if own else tags, actor=user_name())
    given = " (given; its own are: " + (", ".join(row.own_tags) or "none") + ")"
    shown = ", ".join(row.tags) or "none"
    click.echo(f"Node {row.name} has the tags: {shown}{given if row.has_given_tags else ''}.")


@node.command()
@click.argument("name")
def restart(*, name: str) -> None:
    """Start its Blenders anew: idle ones at once, others after the frame they are at."""
    from brender_farm.client import core_app, user_name
    from brender_farm.service.nodes import restart_blenders

    with core_app().app_context():
        row = restart_blenders(_named(name).id, actor=user_name())
    when = "" if row.online else " It is offline: they do so when it is back."
    click.echo(f"The Blenders of {row.name} start anew, each after the frame it is at.{when}")


@node.command()
@click.argument("name")
@_reason
def forget(*, name: str, reason: str) -> None:
    """Forget a node that is offline for good; what it rendered keeps its name."""
    from brender_farm.client import core_app, user_name
    from brender_farm.service.nodes import forget as forget_node

    with core_app().app_context():
        row = _named(name)
        forget_node(row.id, actor=user_name(), reason=reason)
    click.echo(f"Node {row.name} is forgotten.")


def _act(name: str, action: str, reason: str, *, kill: bool = False) -> None:
    from brender_farm.client import core_app, user_name
    from brender_farm.service.nodes import act_on_node

    with core_app().app_context():
        found = _named(name)
        row = act_on_node(found.id, action, actor=user_name(), reason=reason, kill=kill)
    click.echo(f"Node {row.name} is {row.intent}.")


def _named(name: str) -> NodeRow:
    from brender_farm.service.nodes import list_nodes

    found = next((row for row in list_nodes().rows if row.name == name), None)
    if found is None:
        raise NotFound(f"There is no node {name!r}. See: brender nodes")
    return found


def closed_until(opens_at: datetime) -> str:
    """Say that a node is outside its hours, in this machine's time."""
    return f"It is outside its hours until {clock(local_time(opens_at), datetime.now(UTC))}."


def _notes(row: NodeRow) -> list[str]:
    """Return what keeps a node from rendering, all or some of it."""
    folders = [f"It cannot write to {each.folder} now: {each.reason}" for each in row.unwell]
    closed = closed_until(row.opens_at) if row.opens_at is not None else ""
    return [words for words in (row.trouble, row.reason, closed, *folders) if words]


def _cells(row: NodeRow) -> dict[str, object]:
    sample = row.sample
    memory = "-"
    if sample.memory_used_bytes is not None and sample.memory_total_bytes:
        memory = (
            f"{sample.memory_used_bytes / 2**30:.1f}/{sample.memory_total_bytes / 2**30:.0f} GB"
        )
    work = ", ".join(
        f"{w.shot_name} {w.frame if w.frame is not None else w.frames}" for w in row.work
    )
    return {
        "NAME": row.name,
        "STATE": f"{'online' if row.online else 'offline'}, "
        f"{'sick' if row.is_sick else row.intent}",
        "POOL": row.pool or "-",
        "SLOTS": row.slots,
        "CPU": f"{sample.cpu_pct:.0f} %" if sample.cpu_pct is not None else "-",
        "MEMORY": memory,
        "BLENDER": " ".join(row.blender_versions),
        "GPU": _cards(row.gpus),
        "RENDERS": work or "-",
    }


def _cards(names: Sequence[str]) -> str:
    """Write each kind of card once: `2 × NVIDIA L40`."""
    counts = Counter(names)
    return ", ".join(f"{n} × {name}" if n > 1 else name for name, n in counts.items()) or "-"
