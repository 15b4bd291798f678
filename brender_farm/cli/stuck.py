"""`brender stuck` and `brender elsewhere`: frames that take far too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from brender_farm.cli.table import print_json, print_table

if TYPE_CHECKING:
    from brender_farm.service.stuck import SlowFrame, StuckFrame


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
def stuck(*, as_json: bool) -> None:
    """List frames that render for far longer than usual, and finished ones that were slow."""
    from brender_farm.client import core_app
    from brender_farm.service.stuck import list_stuck, slow_frames

    with core_app().app_context():
        found, slow = list_stuck(), slow_frames()
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


@click.command()
@click.argument("chunk_id", type=int)
@click.option("--frame", type=int, default=None, help="Which; the one that its node is at.")
@click.option("--reason", default="", help="Kept in the shot's history.")
def elsewhere(*, chunk_id: int, frame: int | None, reason: str) -> None:
    """Stop a chunk at once and have its frame rendered by another node. Nobody is blamed."""
    from brender_farm.client import core_app, user_name
    from brender_farm.service.elsewhere import try_elsewhere

    with core_app().app_context():
        moved = try_elsewhere(chunk_id, frame, actor=user_name(), reason=reason)
    click.echo(f"Frame {moved.frame} of shot {moved.shot.id} was taken from {moved.node}.")
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
    print_table(heads, cells)
    click.echo("Try one on another node: brender elsewhere CHUNK")


def _print_slow(rows: tuple[SlowFrame, ...]) -> None:
    heads = ("SHOT", "FRAME", "NODE", "TOOK", "ITS NEIGHBOURS")
    cells = [
        (row.shot_name, row.frame, row.node, f"{row.seconds:.1f} s", f"{row.usual_s:.1f} s")
        for row in rows
    ]
    print_table(heads, cells)


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
