"""`brender settings`: what is set for the whole farm, and what the environment says."""

from __future__ import annotations

import click

from brender_farm.cli.table import print_json, print_table


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
@click.option("--environment", is_flag=True, help="What this shell's environment says instead.")
@click.pass_context
def settings(ctx: click.Context, *, as_json: bool, environment: bool) -> None:
    """Show or change what is set for the whole farm.

    \b
    brender settings set slow_factor 4
    """
    if ctx.invoked_subcommand is not None:
        return
    if environment:
        _print_environment(as_json)
        return
    from brender_farm.client import core_app
    from brender_farm.service.farm_settings import KINDS, all_settings

    with core_app().app_context():
        values = all_settings()
    if as_json:
        print_json(values)
        return
    rows = [
        (kind.name, _said(values[kind.name]), kind.unit or "-", f"{kind.title}: {kind.words}")
        for kind in KINDS
    ]
    print_table(("NAME", "VALUE", "UNIT", ""), rows)


@settings.command("set")
@click.argument("name")
@click.argument("value")
def set_setting(*, name: str, value: str) -> None:
    """Set NAME to VALUE: yes, no or a number."""
    from brender_farm.client import core_app, user_name
    from brender_farm.service.farm_settings import change_setting

    with core_app().app_context():
        now = change_setting(name, value, actor=user_name())
    click.echo(f"{name} is {_said(now)}.")


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
