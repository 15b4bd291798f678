"""`brender shows`: productions, and where their files are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from brender_farm.cli.table import print_json, print_table

if TYPE_CHECKING:
    from brender_farm.service.shapes.shows import ShowRow

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--linux", "root_linux", metavar="FOLDER", help="The root on Linux nodes."),
    click.option("--macos", "root_macos", metavar="FOLDER", help="The root on macOS nodes."),
    click.option("--windows", "root_windows", metavar="FOLDER", help="The root on Windows nodes."),
    click.option(
        "--pattern", "output_pattern", help="Such as {shot}/v{version:03}/{shot}_{frame:04}.{ext}"
    ),
    click.option("--preset", metavar="NAME", help="What its shots are rendered with by default."),
    click.option("--notes", metavar="TEXT", help="A few words for people."),
)


def _with_options(command: _Command) -> _Command:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
@click.pass_context
def shows(ctx: click.Context, *, as_json: bool) -> None:
    """Show or set the shows: their roots here and on nodes, output pattern and preset.

    \b
    brender shows add film /srv/film --windows 'Z:\\film'
    brender shows set film --pattern '{shot}/v{version:03}/{shot}_{frame:04}.{ext}'
    """
    if ctx.invoked_subcommand is not None:
        return
    from brender_farm.client import core_app
    from brender_farm.service.shows import list_shows

    with core_app().app_context():
        rows = list_shows()
    if as_json:
        print_json(rows)
        return
    heads = ("", "NAME", "SHOTS", "FRAMES", "HOURS", "PRESET", "ROOT")
    print_table(heads, [_cells(row) for row in rows])


@shows.command("add")
@click.argument("name")
@click.argument("root")
@_with_options
def add(*, name: str, root: str, **given: str | None) -> None:
    """Set up the show NAME, whose files are in ROOT."""
    from brender_farm import client
    from brender_farm.service.shapes.shows import ShowRequest
    from brender_farm.service.show_changes import add_show

    asked = ShowRequest(name=name, root=client.full_path(root), **_given(given))
    with client.core_app().app_context():
        row = add_show(asked, actor=client.user_name())
    click.echo(f"Show {row.name} is {row.root}.")


@shows.command("set")
@click.argument("show")
@click.option("--name", help="Another name.")
@click.option("--root", metavar="FOLDER", help="Another root here; its shots keep their paths.")
@_with_options
def change(*, show: str, root: str | None, **given: str | None) -> None:
    """Change SHOW (a name or number); what is not given stays. Empty text takes away."""
    from brender_farm import client
    from brender_farm.service.show_changes import change_show

    values = _given(given | {"root": root and client.full_path(root)})
    with client.core_app().app_context():
        row = _find(show)
        changed = change_show(row.id, replace(row.as_request(), **values), actor=client.user_name())
    click.echo(f"Show {changed.name} is {changed.root}.")


@shows.command("remove")
@click.argument("show")
def remove(*, show: str) -> None:
    """Forget SHOW (a name or number); its shots and all files stay."""
    from brender_farm import client
    from brender_farm.service.show_changes import delete_show

    with client.core_app().app_context():
        row = delete_show(_find(show).id, actor=client.user_name())
    click.echo(f"Show {row.name} is deleted; its {row.shot_count} shots belong to no show now.")


@shows.command("activate")
@click.argument("show", required=False)
def activate(*, show: str | None) -> None:
    """Make SHOW (a name or number) the active one; without it none is."""
    from brender_farm import client
    from brender_farm.service.show_changes import activate_show, deactivate_shows

    with client.core_app().app_context():
        if show is None:
            deactivate_shows(actor=client.user_name())
            click.echo("No show is active.")
            return
        row = activate_show(_find(show).id, actor=client.user_name())
    click.echo(f"Show {row.name} is the active show.")


def _find(text: str) -> ShowRow:
    from brender_farm.service.shows import find_show

    return find_show(text)


def _given(given: dict[str, str | None]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _cells(row: ShowRow) -> tuple[object, ...]:
    mark = "*" if row.is_active else ""
    hours = f"{row.hours:.1f}"
    return mark, row.name, row.shot_count, row.done_count, hours, row.preset or "-", row.root
