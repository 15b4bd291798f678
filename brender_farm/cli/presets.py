"""`brender presets`: render settings with a name."""

from __future__ import annotations

import click

from brender_farm.cli import options
from brender_farm.cli.asking import ask
from brender_farm.cli.group import Group, examples
from brender_farm.cli.table import print_json, print_table
from brender_farm.cli.terminal import say


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog=examples(
        "brender presets",
        "brender presets set Draft percentage=25 samples=16 denoise=yes",
        "brender presets set Draft samples=              no longer sets the samples",
        "brender submit scene.blend --preset Draft",
    ),
)
@options.as_json
@click.pass_context
def presets(ctx: click.Context, *, as_json: bool) -> None:
    """Show, set or remove presets: render settings with a name."""
    if ctx.invoked_subcommand is not None:
        return
    from brender_farm.client import this_farm

    rows = this_farm().list_presets()
    if as_json:
        print_json(rows)
        return
    lines = [(row.name, ", ".join(row.shows) or "–", row.sentence) for row in rows]
    print_table(("NAME", "SHOWS", "SETS"), lines)


@presets.command("set", epilog=examples("brender presets set Draft percentage=25 samples=16"))
@click.argument("name", type=options.PRESET)
@click.argument("settings", nargs=-1, required=True, metavar="KEY=VALUE...")
@options.as_json
def set_preset(*, name: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Set single things of a preset, or add it; KEY= leaves that to the scene again.

    \b
    KEY is width, height, percentage, engine, samples, denoise, device, format,
    color_depth, quality, compression or exr_codec.
    """
    from brender_farm.client import this_farm

    row = this_farm().set_preset(name, dict(_pair(text) for text in settings))
    if as_json:
        print_json(row)
    else:
        say(f"{row.name}: {row.sentence}.")


@presets.command("remove", epilog=examples("brender presets remove Draft --yes"))
@click.argument("name", type=options.PRESET)
@options.yes
@options.as_json
def remove_preset(*, name: str, yes: bool, as_json: bool) -> None:
    """Forget a preset; shows that use it have none then. Shots keep what they have."""
    from brender_farm.client import this_farm

    farm = this_farm()
    found = next(
        (row for row in farm.list_presets() if row.name.casefold() == name.casefold()), None
    )
    if found is not None:  # else it is refused, with why
        users = f" {', '.join(found.shows)} will have none." if found.shows else ""
        ask(f"Remove the preset {found.name}?{users}", yes=yes, to="remove the preset")
    row = farm.remove_preset_named(name)
    if as_json:
        print_json(row)
        return
    lost = f" {', '.join(row.shows)} used it." if row.shows else ""
    say(f"Preset {row.name} is removed.{lost}")


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} has no '='. Example: samples=16")
    return key.strip().lower().replace("-", "_"), value.strip()
