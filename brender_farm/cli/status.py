"""`brender status`: how each part of the farm is, and what to do about what is wrong."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.ending import Ending
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json, print_table
from brender_farm.cli.terminal import State, say

if TYPE_CHECKING:
    from brender_farm.service.shapes.condition import Condition

_NO_ANSWER = "no answer in time"


@click.command(epilog=examples("brender status", "brender status --json"))
@options.as_json
def status(*, as_json: bool) -> None:
    """Say how each part of the farm is, and what to do about what is wrong.

    Ends with 1 when something keeps the farm from rendering.
    """
    from brender_farm.client import this_farm

    seen = this_farm().condition()
    if as_json:
        print_json(seen)
    else:
        _print(seen)
    if any(trouble.severe for trouble in seen.troubles):
        sys.exit(Ending.REFUSED)


def _print(seen: Condition) -> None:
    for trouble in seen.troubles:
        say(f"{'!!' if trouble.severe else '! '} {trouble.message}\n   {trouble.remedy}")
    click.echo("" if seen.troubles else "All is well.\n")
    words = {
        "scheduler": _scheduler(seen),
        "broker": _broker(seen),
        "database": _database(seen),
        "nodes": _nodes(seen),
        "disks": _disks(seen),
        "flower": _flower(seen),
    }
    rows = [(part, State(seen.state_of(part)), text) for part, text in words.items()]
    print_table(("PART", "IS", ""), rows)


def _scheduler(seen: Condition) -> str:
    each = seen.scheduler
    if each is None:
        return _NO_ANSWER
    when = f"last pass {each.seen_at:%Y-%m-%d %H:%M:%S} UTC" if each.seen_at else "no pass yet"
    took = f", {1000 * each.pass_s:.0f} ms a pass" if each.pass_s is not None else ""
    waiting = f", {seen.broker.reports_waiting} reports waiting" if seen.broker else ""
    return f"{when}{took}{waiting}"


def _broker(seen: Condition) -> str:
    each = seen.broker
    if each is None:
        return _NO_ANSWER
    if each.trouble or each.ping_s is None:
        return f"{each.address}: {each.trouble}"
    kept = "on disk" if each.is_persistent else "not on disk"
    return (
        f"{each.kind} {each.version}, {1000 * each.ping_s:.1f} ms, "
        f"{each.memory_bytes / 1e6:.1f} MB, {kept}, {each.address}"
    )


def _database(seen: Condition) -> str:
    each = seen.database
    if each is None:
        return _NO_ANSWER
    if each.trouble or each.size_bytes is None:
        return f"{each.address}: {each.trouble}"
    room = f", {each.free_bytes / 1e9:.1f} GB left" if each.free_bytes is not None else ""
    return (
        f"{each.kind} {each.version}, schema {each.revision}, "
        f"{each.size_bytes / 1e6:.1f} MB{room}, {each.address}"
    )


def _nodes(seen: Condition) -> str:
    each = seen.nodes
    if each is None:
        return _NO_ANSWER
    blenders = ", ".join(f"Blender {one.version} on {one.count}" for one in each.blenders)
    return f"{each.online} of {each.total} online, {each.slots} slots; {blenders or 'no Blender'}"


def _disks(seen: Condition) -> str:
    if seen.disks is None:
        return _NO_ANSWER
    return ", ".join(
        f"{room.root} {room.free_bytes / 1e9:.1f} GB free" for room in seen.disks.rooms
    )


def _flower(seen: Condition) -> str:
    return seen.flower.url if seen.flower else _NO_ANSWER
