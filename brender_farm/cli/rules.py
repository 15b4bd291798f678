"""`brender limits` and `brender shares`: the farm's rules."""

from __future__ import annotations

import click

from brender_farm.cli import options
from brender_farm.cli.group import Group, examples
from brender_farm.cli.table import print_json, print_table
from brender_farm.cli.terminal import say


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog=examples(
        "brender limits",
        "brender limits set nuke 4",
        "brender submit scene.blend --limits nuke",
    ),
)
@options.as_json
@click.pass_context
def limits(ctx: click.Context, *, as_json: bool) -> None:
    """Show or set what there is only so much of: licences, a slow server."""
    if ctx.invoked_subcommand is not None:
        return
    from brender_farm.client import this_farm

    rows = this_farm().list_rules().limits
    if as_json:
        print_json(rows)
        return
    heads = ("NAME", "IN USE", "OF", "SHOTS")
    lines = [(row.name, row.used, row.slots, row.shot_count) for row in rows]
    print_table(heads, lines, right=heads[1:])


@limits.command("set", epilog=examples("brender limits set nuke 4"))
@click.argument("name")
@click.argument("slots")
@options.as_json
def set_limit(*, name: str, slots: str, as_json: bool) -> None:
    """Let SLOTS chunks have it at a time; 0 holds all its shots. What renders goes on."""
    from brender_farm.client import this_farm

    row = this_farm().set_limit(name, slots)
    if as_json:
        print_json(row)
    else:
        say(f"Limit {row.name}: {row.used} of {row.slots} in use.")


@limits.command("remove", epilog=examples("brender limits remove nuke"))
@click.argument("name")
@options.as_json
def remove_limit(*, name: str, as_json: bool) -> None:
    """Forget it; refused while unfinished shots name it."""
    from brender_farm.client import this_farm

    this_farm().remove_limit(name)
    if as_json:
        print_json({"name": name, "removed": True})
    else:
        say(f"Limit {name} is removed.")


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog=examples("brender shares", "brender shares set mira 2", "brender shares remove mira"),
)
@options.as_json
@click.pass_context
def shares(ctx: click.Context, *, as_json: bool) -> None:
    """Show or set how much of the farm submitters have beside each other.

    Shots of the same priority share the farm by weight; whoever is not named has weight 1.
    """
    if ctx.invoked_subcommand is not None:
        return
    from brender_farm.client import this_farm

    rows = this_farm().list_rules().shares
    if as_json:
        print_json(rows)
        return
    heads = ("SUBMITTER", "WEIGHT", "SLOTS", "SHOTS")
    lines = [(row.submitter, f"{row.weight:g}", row.slots, row.shot_count) for row in rows]
    print_table(heads, lines, right=heads[1:])


@shares.command("set", epilog=examples("brender shares set mira 2"))
@click.argument("who")
@click.argument("weight")
@options.as_json
def set_share(*, who: str, weight: str, as_json: bool) -> None:
    """Give WHO this weight: 2 is twice as many slots as others have."""
    from brender_farm.client import this_farm

    row = this_farm().set_share(who, weight)
    if as_json:
        print_json(row)
    else:
        say(f"{row.submitter} has weight {row.weight:g}.")


@shares.command("remove", epilog=examples("brender shares remove mira"))
@click.argument("who")
@options.as_json
def remove_share(*, who: str, as_json: bool) -> None:
    """Give WHO the weight of everybody, 1."""
    from brender_farm.client import this_farm

    this_farm().remove_share(who)
    if as_json:
        print_json({"submitter": who, "removed": True})
    else:
        say(f"{who} has weight 1, as everybody.")
