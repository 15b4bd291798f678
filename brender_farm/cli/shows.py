"""`brender shows`: productions, and where their files are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from brender_farm.cli import options
from brender_farm.cli.asking import ask, plural
from brender_farm.cli.group import Group, examples
from brender_farm.cli.table import print_json, print_table
from brender_farm.cli.terminal import say

if TYPE_CHECKING:
    from brender_farm.service.shapes.shows import ShowRow

_Command = TypeVar("_Command", bound=Callable[..., Any])

_HEADS = ("", "NAME", "SHOTS", "FRAMES", "HOURS", "PRESET", "SCRIPTS", "ROOT")
_OPTIONS = (
    click.option("--linux", "root_linux", metavar="FOLDER", help="The root on Linux nodes."),
    click.option("--macos", "root_macos", metavar="FOLDER", help="The root on macOS nodes."),
    click.option("--windows", "root_windows", metavar="FOLDER", help="The root on Windows nodes."),
    click.option(
        "--pattern", "output_pattern", help="Such as {shot}/v{version:03}/{shot}_{frame:04}.{ext}"
    ),
    click.option(
        "--preset",
        metavar="NAME",
        type=options.PRESET,
        help="What its shots are rendered with by default.",
    ),
    click.option(
        "--scripts/--no-scripts",
        "auto_run",
        default=None,
        help="Whether .blend files in its root may run their own Python on the nodes (no).",
    ),
    click.option("--notes", metavar="TEXT", help="A few words for people."),
)
_a_show = click.argument("show", type=options.SHOW)


def _with_options(command: _Command) -> _Command:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog=examples(
        "brender shows",
        "brender shows add film /srv/film --windows 'Z:\\film'",
        "brender shows set film --pattern '{shot}/v{version:03}/{shot}_{frame:04}.{ext}'",
    ),
)
@options.as_json
@click.pass_context
def shows(ctx: click.Context, *, as_json: bool) -> None:
    """Show or set the shows: their roots here and on nodes, output pattern and preset."""
    if ctx.invoked_subcommand is not None:
        return
    from brender_farm.client import this_farm

    rows = this_farm().list_shows()
    if as_json:
        print_json(rows)
        return
    print_table(_HEADS, [_cells(row) for row in rows], right=("SHOTS", "FRAMES", "HOURS"))


@shows.command("add", epilog=examples("brender shows add film /srv/film --windows 'Z:\\film'"))
@click.argument("name")
@click.argument("root")
@_with_options
@options.as_json
def add(*, name: str, root: str, as_json: bool, **given: Any) -> None:
    """Set up the show NAME, whose files are in ROOT."""
    from brender_farm.client import full_path, this_farm
    from brender_farm.service.shapes.shows import ShowRequest

    asked = ShowRequest(name=name, root=full_path(root), **_given(given))
    _tell(this_farm().add_show(asked), as_json=as_json)


@shows.command("set", epilog=examples("brender shows set film --name Feature --preset Draft"))
@_a_show
@click.option("--name", help="Another name.")
@click.option("--root", metavar="FOLDER", help="Another root here; its shots keep their paths.")
@_with_options
@options.as_json
def change(*, show: str, root: str | None, as_json: bool, **given: Any) -> None:
    """Change SHOW (a name or number); what is not given stays. Empty text takes away."""
    from brender_farm.client import full_path, this_farm

    values = _given(given | {"root": root and full_path(root)})
    farm = this_farm()
    row = farm.find_show(show)
    _tell(farm.change_show(row.id, replace(row.as_request(), **values)), as_json=as_json)


@shows.command("remove", epilog=examples("brender shows remove film --yes"))
@_a_show
@options.yes
@options.as_json
def remove(*, show: str, yes: bool, as_json: bool) -> None:
    """Forget SHOW (a name or number); its shots and all files stay."""
    from brender_farm.client import this_farm

    farm = this_farm()
    found = farm.find_show(show)
    shots = plural(found.shot_count, "shot")
    ask(
        f"Remove the show {found.name}? Its {shots} and all files stay, and belong to no show.",
        yes=yes,
        to="remove the show",
    )
    row = farm.delete_show(found.id)
    if as_json:
        print_json(row)
    else:
        say(f"Show {row.name} is deleted; its {shots} belong to no show now.")


@shows.command("activate", epilog=examples("brender shows activate film", "brender shows activate"))
@click.argument("show", type=options.SHOW, required=False)
@options.as_json
def activate(*, show: str | None, as_json: bool) -> None:
    """Make SHOW (a name or number) the active one; without it none is."""
    from brender_farm.client import this_farm

    farm = this_farm()
    row = farm.activate_show(farm.find_show(show).id) if show else None
    if row is None:
        farm.deactivate_shows()
    if as_json:
        print_json(row)
    else:
        say(f"Show {row.name} is the active show." if row else "No show is active.")


def _tell(row: ShowRow, *, as_json: bool) -> None:
    if as_json:
        print_json(row)
        return
    scripts = " Scripts in its .blend files may run on the nodes." if row.auto_run else ""
    say(f"Show {row.name} is {row.root}.{scripts}")


def _given(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _cells(row: ShowRow) -> tuple[object, ...]:
    mark = "*" if row.is_active else ""
    hours = f"{row.hours:.1f}"
    scripts = "run" if row.auto_run else "-"
    rest = (hours, row.preset or "-", scripts, row.root)
    return mark, row.name, row.shot_count, row.done_count, *rest
