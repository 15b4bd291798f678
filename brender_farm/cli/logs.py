"""`brender logs`: what scheduler, dashboard and nodes say, and Blender about a chunk."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from brender_farm.errors import BrokerUnavailable

if TYPE_CHECKING:
    from brender_farm.service.logs import LogFilter

_LOOK_EVERY_S = 1.0


@click.command()
@click.argument("source", required=False)
@click.option("--follow", "-f", is_flag=True, help="Go on with what is said from now on.")
@click.option(
    "--level",
    type=click.Choice(["info", "warning", "error"], case_sensitive=False),
    default="info",
    help="At least so bad.",
)
@click.option("--search", default="", help="Only lines with these words.")
@click.option("--lines", default=100, type=click.IntRange(0, 5000), help="How many of the last.")
@click.option("--sources", is_flag=True, help="List whose logs there are.")
def logs(
    *, source: str | None, follow: bool, level: str, search: str, lines: int, sources: bool
) -> None:
    """Print the log of SOURCE: scheduler, dashboard, a node's name, or chunk.12.

    Without SOURCE: what all processes say of trouble.
    """
    from brender_farm.broker.log_stream import WARNINGS
    from brender_farm.client import core_app
    from brender_farm.service.logs import LogFilter

    with core_app().app_context():
        if sources:
            _print_sources()
            return
        name = _full_name(source) if source else WARNINGS
        wanted = LogFilter(source=name, level=level.upper(), search=search)
        newest = _print_last(wanted, lines)
        while follow:
            time.sleep(_LOOK_EVERY_S)
            newest = _print_new(wanted, newest)


def _full_name(source: str) -> str:
    """Return a source by its name, or by its node's."""
    from brender_farm.service.logs import log_sources

    if "." in source:
        return source
    known = {each.name for each in log_sources()}
    return f"node.{source}" if source not in known and f"node.{source}" in known else source


def _print_last(wanted: LogFilter, count: int) -> str:
    from brender_farm.service.logs import as_text, list_logs

    found = list_logs(wanted, limit=max(count, 1))
    if found.trouble:
        raise BrokerUnavailable(
            f"The broker does not answer, and it has the logs: {found.trouble}. "
            "See the processes' own output, or the folder logs of BRENDER_DATA_DIR."
        )
    for line in found.lines[-count:] if count else ():
        click.echo(as_text(line))
    if not found.lines:
        click.echo(f"Nothing of {wanted.source}. See: brender logs --sources", err=True)
    return found.last_id


def _print_new(wanted: LogFilter, newest: str) -> str:
    """Print what came after a line; return the last one's id. A broker that is away may return."""
    from brender_farm.service.logs import as_text, lines_after, matches

    found, _ = lines_after(wanted, newest)
    for line in found:
        if matches(line, wanted):
            click.echo(as_text(line))
    return found[-1].id if found else newest


def _print_sources() -> None:
    from brender_farm.cli.table import print_table
    from brender_farm.service.logs import log_sources

    heads = ("SOURCE", "LAST HEARD", "")
    rows = [
        (each.name, f"{each.last_at:%Y-%m-%d %H:%M:%S} UTC" if each.last_at else "-", each.words)
        for each in log_sources()
    ]
    print_table(heads, rows)
