"""`brender limits` and `brender shares`: the farm's rules."""

from __future__ import annotations

import click

from brender_farm.cli.table import print_json, print_table


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
@click.pass_context
def limits(ctx: click.Context, *, as_json: bool) -> None:
    """Show or set what there is only so much of: licences, a slow server.

    \b
    brender limits set nuke 4
    brender submit scene.blend --limits nuke
    """
    if ctx.invoked_subcommand is not None:
        return
    from brender_farm.client import core_app
    from brender_farm.service.rules import list_rules

    with core_app().app_context():
        rows = list_rules().limits
    if as_json:
        print_json(rows)
        return
    heads = ("NAME", "IN USE", "OF", "SHOTS")
    print_table(heads, [(row.name, row.used, row.slots, row.shot_count) for row in rows])


@limits.command("set")
@click.argument("name")
@click.argument("slots")
def set_limit(*, name: str, slots: str) -> None:
    """Let SLOTS chunks have it at a time; 0 holds all its shots. What renders goes on."""
    from brender_farm import client
    from brender_farm.service import rules

    with client.core_app().app_context():
        row = rules.set_limit(name, slots, actor=client.user_name())
    click.echo(f"Limit {row.name}: {row.used} of {row.slots} in use.")


@limits.command("remove")
@click.argument("name")
def remove_limit(*, name: str) -> None:
    """Forget it; refused while unfinished shots name it."""
    from brender_farm import client
    from brender_farm.service import rules

    with client.core_app().app_context():
        rules.remove_limit(name, actor=client.user_name())
    click.echo(f"Limit {name} is removed.")


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
@click.pass_context
def shares(ctx: click.Context, *, as_json: bool) -> None:
    """Show or set how much of the farm submitters have beside each other.

    Shots of the same priority share the farm by weight; whoever is not named has weight 1.
    """
    if ctx.invoked_subcommand is not None:
        return
    from brender_farm.client import core_app
    from brender_farm.service.rules import list_rules

    with core_app().app_context():
        rows = list_rules().shares
    if as_json:
        print_json(rows)
        return
    heads = ("SUBMITTER", "WEIGHT", "SLOTS", "SHOTS")
    print_table(
        heads, [(row.submitter, f"{row.weight:g}", row.slots, row.shot_count) for row in rows]
    )


@shares.command("set")
@click.argument("who")
@click.argument("weight")
def set_share(*, who: str, weight: str) -> None:
    """Give WHO this weight: 2 is twice as many slots as others have."""
    from brender_farm import client
    from brender_farm.service import rules

    with client.core_app().app_context():
        row = rules.set_share(who, weight, actor=client.user_name())
    click.echo(f"{row.submitter} has weight {row.weight:g}.")


@shares.command("remove")
@click.argument("who")
def remove_share(*, who: str) -> None:
    """Give WHO the weight of everybody, 1."""
    from brender_farm import client
    from brender_farm.service import rules

    with client.core_app().app_context():
        rules.remove_share(who, actor=client.user_name())
    click.echo(f"{who} has weight 1, as everybody.")
