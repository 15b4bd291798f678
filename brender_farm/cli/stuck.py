"""`brender stuck` and `brender elsewhere`: frames that take far too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json, print_table
from brender_farm.cli.terminal import say

if TYPE_CHECKING:
    from brender_farm.service.shapes.stuck import SlowFrame, StuckFrame


@click.command(epilog=examples("brender stuck", "brender stuck --json"))
@options.as_json
def stuck(*, as_json: bool) -> None:
    """List frames that render for far longer than usual, and finished ones that were slow."""
    from brender_farm.client import this_farm

    farm = this_farm()
    found, slow = farm.list_stuck(), farm.slow_frames()
    if as_json:
        print_json({"stuck": [_plain(row) for row in found.rows], "slow": slow})
        return
    if found.rows:
        _print_stuck(found.rows)
    else:
        click.echo("No frame renders for far longer than usual.")
    if slow:
        click.echo("\nFinished, but far slower than the frames beside them:")
        _print_slow(slow)


@click.command(epilog=examples('brender elsewhere 345 --reason "Hangs"'))
@click.argument("chunk_id", type=int, metavar="CHUNK")
@click.option("--frame", type=int, default=None, help="Which; the one that its node is at.")
@options.reason
@options.as_json
def elsewhere(*, chunk_id: int, frame: int | None, reason: str, as_json: bool) -> None:
    """Stop a chunk at once and have its frame rendered by another node. Nobody is blamed."""
    from brender_farm.client import this_farm

    moved = this_farm().try_elsewhere(chunk_id, frame, reason=reason)
    if as_json:
        print_json(moved)
        return
    say(f"Frame {moved.frame} of shot {moved.shot.id} was taken from {moved.node}.")
    if not moved.has_others:
        click.echo("No other node takes work now, so it may come back to it.")


def _print_stuck(rows: tuple[StuckFrame, ...]) -> None:
    heads = ("CHUNK", "SHOT", "FRAME", "NODE", "FOR", "USUALLY", "SAYS")
    cells = [
        (
            row.chunk_id,
            row.shot_name,
            row.frame,
            row.node,
            f"{row.frame_s:.0f} s",
            f"{row.usual_s:.1f} s",
            (row.words.errors or (row.words.last_line or "-",))[-1],
        )
        for row in rows
    ]
    print_table(heads, cells, right=("CHUNK", "FRAME", "FOR", "USUALLY"))
    click.echo("Try one on another node: brender elsewhere CHUNK")


def _print_slow(rows: tuple[SlowFrame, ...]) -> None:
    heads = ("SHOT", "FRAME", "NODE", "TOOK", "ITS NEIGHBOURS")
    cells = [
        (row.shot_name, row.frame, row.node, f"{row.seconds:.1f} s", f"{row.usual_s:.1f} s")
        for row in rows
    ]
    print_table(heads, cells, right=("FRAME", "TOOK", "ITS NEIGHBOURS"))


def _plain(row: StuckFrame) -> dict[str, object]:
    return {
        "shot_id": row.shot_id,
        "shot_name": row.shot_name,
        "frame": row.frame,
        "chunk_id": row.chunk_id,
        "node": row.node,
        "since": row.since,
        "frame_s": row.frame_s,
        "usual_s": row.usual_s,
        "last_line": row.words.last_line,
        "errors": list(row.words.errors),
    }
