"""`brender settings`: what is set for the whole farm, and what the environment says."""

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
        "brender settings",
        "brender settings set slow_factor 4",
        "brender settings --environment",
    ),
)
@options.as_json
@click.option("--environment", is_flag=True, help="What this shell's environment says instead.")
@click.pass_context
def settings(ctx: click.Context, *, as_json: bool, environment: bool) -> None:
    """Show or change what is set for the whole farm."""
    if ctx.invoked_subcommand is not None:
        return
    if environment:
        _print_environment(as_json)
        return
    from brender_farm.client import this_farm

    rows = this_farm().all_settings()
    if as_json:
        print_json({row.name: row.value for row in rows})
        return
    lines = [
        (row.name, _said(row.value), row.unit or "-", f"{row.title}: {row.words}") for row in rows
    ]
    print_table(("NAME", "VALUE", "UNIT", ""), lines, right=("VALUE",))


@settings.command("set", epilog=examples("brender settings set slow_factor 4"))
@click.argument("name")
@click.argument("value")
@options.as_json
def set_setting(*, name: str, value: str, as_json: bool) -> None:
    """Set NAME to VALUE: yes, no or a number."""
    from brender_farm.client import this_farm

    now = this_farm().change_setting(name, value)
    if as_json:
        print_json({name: now})
    else:
        say(f"{name} is {_said(now)}.")


def _print_environment(as_json: bool) -> None:
    from brender_farm import config
    from brender_farm.service.environment import environment

    found = environment(config.settings())
    if as_json:
        print_json(found)
        return
    rows = [(each.name, "set" if each.is_given else "default", each.value or "-") for each in found]
    print_table(("VARIABLE", "IS", "VALUE"), rows)


def _said(value: bool | float) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:g}"
