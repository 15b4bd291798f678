"""`brender film`: a shot's pictures as a film to take along."""

from __future__ import annotations

from pathlib import Path

import click

from brender_farm.cli import options
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json
from brender_farm.cli.terminal import say


@click.command(epilog=examples("brender film 12 harbour.mp4"))
@options.a_shot
@click.argument("out", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@options.as_json
def film(*, shot: str, out: Path, as_json: bool) -> None:
    """Write a film (H.264, MP4) of a shot's finished frames to OUT.

    The film that the dashboard made is taken when it shows the frames as they are now; else one is
    made. Frames that are not there are shown as striped cards.
    """
    from brender_farm.cli.progress import progress
    from brender_farm.cli.targets import find_shot
    from brender_farm.client import this_farm

    farm = this_farm()
    with progress("Film: frames") as show:
        facts = farm.write_film(
            find_shot(farm, shot), out, on_progress=lambda made: show(made.done, made.total)
        )
    if as_json:
        print_json(
            {
                "file": str(out),
                "frame_count": facts.frame_count,
                "gap_count": facts.gap_count,
                "length_s": facts.length_s,
                "fps": facts.fps,
                "width": facts.width,
                "height": facts.height,
                "byte_count": facts.byte_count,
            }
        )
        return
    gaps = f", {facts.gap_count} of them not there" if facts.gap_count else ""
    say(
        f"{out}: {facts.frame_count} frames{gaps}, {facts.length_s:.1f} s at {facts.fps:g} fps, "
        f"{facts.width}×{facts.height}, {facts.byte_count / 1e6:.1f} MB."
    )
