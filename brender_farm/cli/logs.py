"""`brender logs`: what scheduler, dashboard and nodes say, and Blender about a chunk."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json, print_table
from brender_farm.cli.terminal import say
from brender_farm.errors import BrokerUnavailable

if TYPE_CHECKING:
    from brender_farm.client.backend import Backend
    from brender_farm.service.shapes.logs import LogFilter, LogPage

_LOOK_EVERY_S = 1.0


@click.command(
    epilog=examples(
        "brender logs --level error",
        "brender logs scheduler --follow",
        "brender logs atlas --search denoiser --lines 20",
        "brender logs chunk.345",
        "brender logs --sources",
    )
)
@click.argument("source", required=False)
@click.option("--follow", "-f", is_flag=True, help="Go on with what is said, until Ctrl+C.")
@click.option(
    "--level",
    type=click.Choice(["info", "warning", "error"], case_sensitive=False),
    default="info",
    help="At least so bad.",
)
@click.option("--search", default="", help="Only lines with these words.")
@click.option("--lines", default=100, type=click.IntRange(0, 5000), help="How many of the last.")
@click.option("--sources", is_flag=True, help="List whose logs there are.")
@options.as_json
def logs(
    *,
    source: str | None,
    follow: bool,
    level: str,
    search: str,
    lines: int,
    sources: bool,
    as_json: bool,
) -> None:
    """Print the log of SOURCE: scheduler, dashboard, a node's name, or chunk.12.

    Without SOURCE: what all processes say of trouble.
    """
    from brender_farm.broker.log_stream import WARNINGS
    from brender_farm.client import this_farm
    from brender_farm.service.shapes.logs import LogFilter

    if follow and as_json:
        raise click.UsageError("--json prints one document: it does not go with --follow.")
    farm = this_farm()
    if sources:
        _print_sources(farm, as_json=as_json)
        return
    name = _full_name(farm, source) if source else WARNINGS
    wanted = LogFilter(source=name, level=level.upper(), search=search)
    page = _last(farm, wanted, lines)
    shown = page.lines[-lines:] if lines else ()
    if as_json:
        print_json(shown)
        return
    from brender_farm.service.log_text import as_text

    for line in shown:
        click.echo(as_text(line))
    if not page.lines:
        _say_nothing_of(wanted)
    newest = page.last_id
    while follow:
        time.sleep(_LOOK_EVERY_S)
        newest = _print_new(farm, wanted, newest)


def _say_nothing_of(wanted: LogFilter) -> None:
    click.echo(f"Nothing of {wanted.source}. See: brender logs --sources", err=True)


def _full_name(farm: Backend, source: str) -> str:
    """Return a source by its name, or by its node's."""
    if "." in source:
        return source
    known = {each.name for each in farm.log_sources()}
    return f"node.{source}" if source not in known and f"node.{source}" in known else source


def _last(farm: Backend, wanted: LogFilter, count: int) -> LogPage:
    found = farm.list_logs(wanted, limit=max(count, 1))
    if found.trouble:
        raise BrokerUnavailable(
            f"The broker does not answer, and it has the logs: {found.trouble}. "
            "See the processes' own output, or the folder logs of BRENDER_DATA_DIR."
        )
    return found


def _print_new(farm: Backend, wanted: LogFilter, newest: str) -> str:
    """Print what came after a line; return the last one's id. A broker that is away may return."""
    from brender_farm.service.log_text import as_text, matches

    found, _ = farm.lines_after(wanted, newest)
    for line in found:
        if matches(line, wanted):
            click.echo(as_text(line))
    return found[-1].id if found else newest


def _print_sources(farm: Backend, *, as_json: bool) -> None:
    found = farm.log_sources()
    if as_json:
        print_json(found)
        return
    if not found:
        say("No process has said anything lately.")
        return
    rows = [
        (each.name, f"{each.last_at:%Y-%m-%d %H:%M:%S} UTC" if each.last_at else "-", each.words)
        for each in found
    ]
    print_table(("SOURCE", "LAST HEARD", ""), rows)
