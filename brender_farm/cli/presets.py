"""`brender presets`: render settings with a name."""

from __future__ import annotations

import click

from brender_farm.cli.table import print_json, print_table


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
@click.pass_context
def presets(ctx: click.Context, *, as_json: bool) -> None:
    """Show, set or remove presets: render settings with a name.

    \b
    brender presets set Draft percentage=25 samples=16 denoise=yes
    brender presets set Draft samples=              no longer sets the samples
    brender submit scene.blend --preset Draft
    """
    if ctx.invoked_subcommand is not None:
        return
    from brender_farm.client import core_app
    from brender_farm.service.presets import list_presets

    with core_app().app_context():
        rows = list_presets()
    if as_json:
        print_json(rows)
        return
    lines = [(row.name, ", ".join(row.shows) or "–", row.sentence) for row in rows]
    print_table(("NAME", "SHOWS", "SETS"), lines)


@presets.command("set")
@click.argument("name")
@click.argument("settings", nargs=-1, required=True, metavar="KEY=VALUE...")
def set_preset(*, name: str, settings: tuple[str, ...]) -> None:
    """Set single things of a preset, or add it; KEY= leaves that to the scene again.

    \b
    KEY is width, height, percentage, engine, samples, denoise, device, format,
    color_depth, quality, compression or exr_codec.
    """
    from brender_farm import client
    from brender_farm.service import preset_actions

    changes = dict(_pair(text) for text in settings)
    with client.core_app().app_context():
        row = preset_actions.set_preset(name, changes, actor=client.user_name())
    click.echo(f"{row.name}: {row.sentence}.")


@presets.command("remove")
@click.argument("name")
def remove_preset(*, name: str) -> None:
    """Forget a preset; shows that use it have none then. Shots keep what they have."""
    from brender_farm import client
    from brender_farm.service import preset_actions

    with client.core_app().app_context():
        row = preset_actions.remove_preset_named(name, actor=client.user_name())
    lost = f" {', '.join(row.shows)} used it." if row.shows else ""
    click.echo(f"Preset {row.name} is removed.{lost}")


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} has no '='. Example: samples=16")
    return key.strip().lower().replace("-", "_"), value.strip()
