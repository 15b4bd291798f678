"""Commands that show and steer nodes."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.asking import ask, plural
from brender_farm.cli.ending import Ending, complain
from brender_farm.cli.group import Group, examples
from brender_farm.cli.table import print_json, print_table
from brender_farm.cli.terminal import State, say
from brender_farm.domain.away import clock
from brender_farm.domain.hours import ALWAYS
from brender_farm.domain.local_time import local_time
from brender_farm.errors import ActionRefused

if TYPE_CHECKING:
    from brender_farm.client.backend import Backend
    from brender_farm.service.shapes.nodes import NodeRow

HEADS = ("NAME", "STATE", "POOL", "SLOTS", "CPU", "MEMORY", "BLENDER", "GPU", "RENDERS")
IF_ANY = {"POOL", "GPU"}
"""Columns that are left out while no node has anything to say there."""
_Deed = Callable[["Backend", "NodeRow"], "NodeRow | None"]


@click.command(epilog=examples("brender nodes", "brender nodes --json"))
@options.as_json
def nodes(*, as_json: bool) -> None:
    """List the nodes and what they render."""
    from brender_farm.client import this_farm

    rows = this_farm().list_nodes().rows
    if as_json:
        print_json(rows)
        return
    cells = [_cells(row) for row in rows]
    # Most farms have neither pools nor graphics cards: then neither takes up room.
    heads = [
        head for head in HEADS if head not in IF_ANY or any(each[head] != "-" for each in cells)
    ]
    lines = [[each[head] for head in heads] for each in cells]
    print_table(heads, lines, right=("SLOTS", "CPU", "MEMORY"))
    for row in rows:
        for words in _notes(row):
            say(f"{row.name}: {words}")


@click.group(
    cls=Group,
    epilog=examples(
        'brender node drain atlas titan --reason "Update"',
        'brender node hours atlas "mon-fri 19:00-08:00, sat-sun"',
        "brender node tags atlas gpu,fast",
    ),
)
def node() -> None:
    """Enable, drain, disable or forget nodes; set hours and tags; restart Blenders."""


_reason = click.option("--reason", default="", metavar="TEXT", help="Shown on the Nodes page.")


@node.command(epilog=examples("brender node enable atlas titan"))
@options.some_nodes
@_reason
@options.as_json
def enable(*, names: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Give them work again, also after the farm took them out as sick."""
    _act(names, "enable", reason, as_json=as_json)


@node.command(epilog=examples('brender node drain atlas --reason "Update"'))
@options.some_nodes
@_reason
@options.as_json
def drain(*, names: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Give them nothing new; they finish what they have."""
    _act(names, "drain", reason, as_json=as_json)


@node.command(epilog=examples("brender node disable atlas", "brender node disable atlas --now"))
@options.some_nodes
@_reason
@click.option("--now", is_flag=True, help="Stop their frames now; they are rendered elsewhere.")
@options.yes
@options.as_json
def disable(*, names: tuple[str, ...], reason: str, now: bool, yes: bool, as_json: bool) -> None:
    """Take them out of the farm until they are enabled; they finish their current frames.

    With --now it asks first on a terminal when they are rendering.
    """
    _act(names, "disable", reason, kill=now, asks=now and not yes, as_json=as_json)


@node.command(
    epilog=examples(
        'brender node hours atlas "mon-fri 19:00-08:00, sat-sun"', "brender node hours atlas always"
    )
)
@options.a_node
@click.argument("hours", required=False)
@options.as_json
def hours(*, name: str, hours: str | None, as_json: bool) -> None:
    """Show or set when it takes new work: "mon-fri 19:00-08:00, sat-sun", or always.

    The clock is the farm machine's. Outside its hours a node finishes what it has.
    """
    farm, row = _named(name)
    if hours is not None:
        row = farm.set_hours(row.id, hours)
    if as_json:
        print_json(row)
        return
    say(f"Node {row.name} takes new work: {row.hours or ALWAYS}.")
    if row.opens_at is not None:
        say(closed_until(row.opens_at))


@node.command(epilog=examples("brender node tags atlas gpu,fast", "brender node tags atlas --own"))
@options.a_node
@click.argument("tags", required=False)
@click.option("--own", is_flag=True, help="Its own again, as BRENDER_TAGS says there.")
@options.as_json
def tags(*, name: str, tags: str | None, own: bool, as_json: bool) -> None:
    """Show or set what it is good for: gpu,fast; an empty "" for none."""
    if own and tags is not None:
        raise click.UsageError("Give tags, or --own.")
    farm, row = _named(name)
    if own or tags is not None:
        row = farm.set_tags(row.id, None if own else tags)
    if as_json:
        print_json(row)
        return
    given = " (given; its own are: " + (", ".join(row.own_tags) or "none") + ")"
    shown = ", ".join(row.tags) or "none"
    say(f"Node {row.name} has the tags: {shown}{given if row.has_given_tags else ''}.")


@node.command(epilog=examples("brender node restart atlas titan"))
@options.some_nodes
@options.as_json
def restart(*, names: tuple[str, ...], as_json: bool) -> None:
    """Start their Blenders anew: idle ones at once, others after the frame they are at."""

    def words(row: NodeRow) -> str:
        when = "" if row.online else " It is offline: they do so when it is back."
        return f"The Blenders of {row.name} start anew, each after the frame it is at.{when}"

    _each(names, lambda farm, row: farm.restart_blenders(row.id), words, as_json=as_json)


@node.command(epilog=examples('brender node forget atlas --reason "Sold" --yes'))
@options.some_nodes
@_reason
@options.yes
@options.as_json
def forget(*, names: tuple[str, ...], reason: str, yes: bool, as_json: bool) -> None:
    """Forget nodes that are offline for good; what they rendered keeps their names."""

    def deed(farm: Backend, row: NodeRow) -> None:
        farm.forget_node(row.id, reason=reason)

    def question(rows: Sequence[NodeRow]) -> None:
        them = ", ".join(row.name for row in rows)
        if any(not row.may_be_forgotten for row in rows):
            return  # which is refused, with why not
        ask(f"Forget {them}? Its hours and tags go, too.", yes=yes, to="forget it")

    words = "Node {0.name} is forgotten."
    _each(names, deed, words.format, as_json=as_json, question=question)


def _act(
    names: Sequence[str],
    action: str,
    reason: str,
    *,
    kill: bool = False,
    asks: bool = False,
    as_json: bool,
) -> None:
    def deed(farm: Backend, row: NodeRow) -> NodeRow:
        return farm.act_on_node(row.id, action, reason=reason, kill=kill)

    def question(rows: Sequence[NodeRow]) -> None:
        busy = [row.name for row in rows if row.work]
        if asks and busy:
            chunks = plural(sum(len(row.work) for row in rows), "chunk")
            ask(f"Stop {chunks} on {', '.join(busy)} now?", yes=False, to="stop them", must=False)

    words = "Node {0.name} is {0.intent}."
    _each(names, deed, words.format, as_json=as_json, question=question)


def _each(
    names: Sequence[str],
    deed: _Deed,
    words: Callable[[NodeRow], str],
    *,
    as_json: bool,
    question: Callable[[Sequence[NodeRow]], None] | None = None,
) -> None:
    """Do it to each node and say so; of several a refusal stops none of the others."""
    from brender_farm.cli.targets import find_nodes
    from brender_farm.client import this_farm

    farm = this_farm()
    found = find_nodes(farm, options.words_of(tuple(names)))
    if question is not None:
        question(found)
    done: list[NodeRow] = []
    refused: list[dict[str, str]] = []
    for row in found:
        try:
            done.append(deed(farm, row) or row)
        except ActionRefused as error:
            if len(found) == 1:
                raise
            refused.append({"name": row.name, "why": error.message})
    if as_json:
        print_json({"done": done, "refused": refused})
    else:
        for row in done:
            say(words(row))
        for each in refused:
            complain(f"node {each['name']}: {each['why']}")
    if refused:
        sys.exit(Ending.REFUSED)


def _named(name: str) -> tuple[Backend, NodeRow]:
    from brender_farm.cli.targets import find_nodes
    from brender_farm.client import this_farm

    farm = this_farm()
    return farm, find_nodes(farm, [name])[0]


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
        "STATE": _state(row),
        "POOL": row.pool or "-",
        "SLOTS": row.slots,
        "CPU": f"{sample.cpu_pct:.0f} %" if sample.cpu_pct is not None else "-",
        "MEMORY": memory,
        "BLENDER": " ".join(row.blender_versions),
        "GPU": _cards(row.gpus),
        "RENDERS": work or "-",
    }


def _state(row: NodeRow) -> State:
    intent = "sick" if row.is_sick else str(row.intent)
    words = f"{'online' if row.online else 'offline'}, {intent}"
    return State(words, intent if row.online else "offline")


def _cards(names: Sequence[str]) -> str:
    """Write each kind of card once: `2 × NVIDIA L40`."""
    counts = Counter(names)
    return ", ".join(f"{n} × {name}" if n > 1 else name for name, n in counts.items()) or "-"
