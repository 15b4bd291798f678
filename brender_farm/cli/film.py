"""`brender film` and `brender frames`: a shot's pictures to take along."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from brender_farm.service.film_store import FilmProgress

_OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.argument("shot_id", type=int)
@click.argument("out", type=_OUT)
def film(*, shot_id: int, out: Path) -> None:
    """Write a film (H.264, MP4) of a shot's finished frames to OUT.

    The film that the dashboard made is taken when it shows the frames as they are now; else one is
    made here. Frames that are not there are shown as striped cards.
    """
    from brender_farm.client import core_app
    from brender_farm.service.film_maker import write_film

    with core_app().app_context(), click.progressbar(length=1, label="Film") as bar:
        facts = write_film(shot_id, out, on_progress=_shown_on(bar))
    gaps = f", {facts.gap_count} of them not there" if facts.gap_count else ""
    click.echo(
        f"{out}: {facts.frame_count} frames{gaps}, {facts.length_s:.1f} s at {facts.fps:g} fps, "
        f"{facts.width}×{facts.height}, {facts.byte_count / 1e6:.1f} MB."
    )


@click.command()
@click.argument("shot_id", type=int)
@click.argument("out", type=_OUT)
@click.option("--frames", default="", help="Which of them, such as 1-24; all if left out.")
@click.option("--all-files", is_flag=True, help="With what was published beside the pictures.")
def frames(*, shot_id: int, out: Path, frames: str, all_files: bool) -> None:
    """Write a shot's finished frames to the ZIP archive OUT."""
    from brender_farm.client import core_app
    from brender_farm.service.download import frame_download
    from brender_farm.service.frame_archive import MISSING_NAME, FrameArchive

    with core_app().app_context():
        wanted = frame_download(shot_id, frames, beside=all_files)
    archive = FrameArchive(wanted)
    _write(out, archive)
    count = len(wanted.files)
    words = f"{out}: {count} {'file' if count == 1 else 'files'}, {len(archive) / 1e6:.1f} MB."
    if archive.missing_count:
        words += f" {archive.missing_count} are not there as published: see {MISSING_NAME} in it."
    click.echo(words)


def _shown_on(bar: Any) -> Callable[[FilmProgress], None]:
    def show(progress: FilmProgress) -> None:
        bar.length = max(1, progress.total)
        bar.update(progress.done - bar.pos)

    return show


def _write(out: Path, parts: Iterable[bytes]) -> None:
    """Write a file that is there as a whole or not at all."""
    fresh = out.with_name(f".{out.name}.part")
    try:
        with fresh.open("wb") as file:
            for part in parts:
                file.write(part)
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)
