"""`brender queue`: what runs, and what gets the next slot and why."""

from __future__ import annotations

import click

from brender_farm.cli import options
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json, print_table

_HEADS = ("#", "ID", "PRIO", "BY", "TO GO", "SLOTS", "NAME", "WHY HERE")


@click.command(epilog=examples("brender queue", "brender queue --json"))
@options.as_json
def queue(*, as_json: bool) -> None:
    """Show what gets the next slot and why, and how much runs now.

    The order is the priority's, then each submitter's share. See also: brender priority, shares.
    """
    from brender_farm.client import this_farm

    found = this_farm().look_at_queue()
    if as_json:
        print_json(found)
        return
    click.echo(
        f"{found.running_total} chunks on {found.slots} slots, {found.free_slots} free; "
        f"{found.line_total} shots in line, {found.out_total} not in line"
    )
    rows = [
        (
            each.place,
            each.shot.id,
            each.shot.priority,
            each.shot.submitter,
            each.shot.pending_count,
            each.slots,
            each.shot.name,
            f"Passed by: {each.hindrance}" if each.hindrance else each.why,
        )
        for each in found.line
    ]
    if rows:
        print_table(_HEADS, rows, right=("#", "ID", "PRIO", "TO GO", "SLOTS"))
