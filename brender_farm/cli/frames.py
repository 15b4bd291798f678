"""`brender frames` and `brender chunks`: the parts of a shot."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json, print_table
from brender_farm.cli.terminal import State, say

if TYPE_CHECKING:
    from brender_farm.client.backend import Backend
    from brender_farm.service.shapes.frames import ChunkRow, FrameCell
    from brender_farm.service.shapes.shots import ShotDetail

_PAGE = 1000
_FRAME_HEADS = ("FRAME", "STATE", "SECONDS", "TRIES", "NODE", "FILE")
_CHUNK_HEADS = ("CHUNK", "STATE", "DONE", "FAILED", "FRAMES", "NODE", "TOOK", "REASON")


@click.command(
    epilog=examples(
        "brender frames 12",
        "brender frames 12 --state failed",
        "brender frames 12 --frames 1-10,50 --json",
        "brender frames 12 --zip harbour.zip --frames 1-24",
    )
)
@options.a_shot
@click.option("--state", default="", help="pending, rendering, done or failed.")
@click.option("--frames", default="", metavar="FRAMES", help="Only these, such as 1-24 or 3,7.")
@click.option(
    "--zip",
    "out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write finished frames to this ZIP archive instead.",
)
@click.option("--all-files", is_flag=True, help="With --zip: also what is beside the pictures.")
@options.as_json
def frames(
    *, shot: str, state: str, frames: str, out: Path | None, all_files: bool, as_json: bool
) -> None:
    """List a shot's frames with what became of each, or write them to a ZIP."""
    from brender_farm.cli.targets import find_shot
    from brender_farm.client import this_farm

    farm = this_farm()
    shot_id = find_shot(farm, shot)
    if out is not None:
        _write_zip(farm, shot_id, out, frames, beside=all_files, as_json=as_json)
        return
    detail = farm.get_shot(shot_id)
    cells = _wanted(_cells(farm, shot_id, state), frames)
    if as_json:
        print_json([_plain(cell, detail) for cell in cells])
        return
    rows = [_frame_row(cell, detail) for cell in cells]
    print_table(_FRAME_HEADS, rows, right=("FRAME", "SECONDS", "TRIES"))


@click.command(
    epilog=examples(
        "brender chunks 12",
        "brender chunks 12 --state rendering,lost",
        "brender chunks --log 345",
    )
)
@click.argument("shot", type=options.SHOT, required=False)
@click.option("--state", default="", help="Only these; several with commas.")
@click.option("--log", "chunk_id", type=int, metavar="CHUNK", help="What Blender said in this one.")
@options.as_json
def chunks(*, shot: str | None, state: str, chunk_id: int | None, as_json: bool) -> None:
    """List a shot's newest chunks: which node had which frames, and how it went."""
    from brender_farm.cli.targets import find_shot
    from brender_farm.client import this_farm

    if (shot is None) == (chunk_id is None):
        raise click.UsageError("Name a shot, or a chunk with --log.")
    farm = this_farm()
    if chunk_id is not None:
        _print_log(farm, chunk_id, as_json=as_json)
        return
    shot_id = find_shot(farm, shot or "")
    farm.get_shot(shot_id)  # else one that is not there would only have no chunks
    states = {word for word in state.split(",") if word}
    rows = [row for row in farm.shot_chunks(shot_id) if not states or row.state in states]
    if as_json:
        print_json(rows)
        return
    numbers = ("CHUNK", "DONE", "FAILED", "TOOK")
    print_table(_CHUNK_HEADS, [_chunk_row(row) for row in rows], right=numbers)


def _write_zip(
    farm: Backend, shot_id: int, out: Path, frames: str, *, beside: bool, as_json: bool
) -> None:
    from brender_farm.cli.progress import progress
    from brender_farm.service.shapes.downloads import MISSING_NAME

    with progress(f"Writing {out.name}"):
        facts = farm.write_frames(shot_id, out, frames, beside=beside)
    if as_json:
        print_json({"file": str(out), "files": facts})
        return
    files = "1 file" if facts.file_count == 1 else f"{facts.file_count} files"
    words = f"{out}: {files}, {facts.byte_count / 1e6:.1f} MB."
    if facts.missing_count:
        words += f" {facts.missing_count} are not there as published: see {MISSING_NAME} in it."
    say(words)


def _cells(farm: Backend, shot_id: int, state: str) -> list[FrameCell]:
    found: list[FrameCell] = []
    while True:
        page = farm.shot_frames(shot_id, offset=len(found), limit=_PAGE, state=state)
        found += page.cells
        if not page.cells or len(found) >= page.total:
            return found


def _wanted(cells: list[FrameCell], frames: str) -> list[FrameCell]:
    from brender_farm.domain.frames import frame_list

    if not frames:
        return cells
    numbers = set(frame_list(frames))
    return [cell for cell in cells if cell.frame in numbers]


def _file(cell: FrameCell, detail: ShotDetail) -> str:
    """Return where the frame's picture is, or is to be, as the farm's machine sees it."""
    from brender_farm.domain.formats import FORMATS
    from brender_farm.domain.places import frame_name

    name = frame_name(cell.frame, detail.padding, FORMATS[detail.format], detail.file_prefix)
    return f"{detail.output_dir.rstrip('/')}/{name}"


def _plain(cell: FrameCell, detail: ShotDetail) -> dict[str, object]:
    return {
        "frame": cell.frame,
        "state": cell.state,
        "seconds": cell.seconds,
        "tries": cell.tries,
        "node": cell.node,
        "chunk_id": cell.chunk_id,
        "file": _file(cell, detail) if cell.state == "done" else None,
        "files": list(cell.files),
        "byte_count": cell.byte_count,
        "peak_bytes": cell.peak_bytes,
        "reason": cell.reason,
    }


def _frame_row(cell: FrameCell, detail: ShotDetail) -> tuple[object, ...]:
    seconds = f"{cell.seconds:.2f}" if cell.seconds is not None else "-"
    file = _file(cell, detail) if cell.state == "done" else cell.reason or "-"
    return cell.frame, State(cell.state), seconds, cell.tries or "-", cell.node or "-", file


def _chunk_row(row: ChunkRow) -> tuple[object, ...]:
    end = row.finished_at or datetime.now(UTC)
    took = f"{(end - row.started_at).total_seconds():.1f} s" if row.started_at else "-"
    reason = row.reason or (f"races chunk {row.twin_of}" if row.twin_of else "-")
    done = f"{row.done_count}/{row.frame_count}"
    return row.id, State(row.state), done, row.failed_count, row.frames, row.node, took, reason


def _print_log(farm: Backend, chunk_id: int, *, as_json: bool) -> None:
    from brender_farm.service.log_text import as_text
    from brender_farm.service.shapes.logs import LogFilter

    page = farm.list_logs(LogFilter(source=f"chunk.{chunk_id}"), limit=5000)
    if as_json:
        print_json(page.lines)
        return
    for line in page.lines:
        click.echo(as_text(line))
    if not page.lines:
        click.echo(f"Nothing was said in chunk {chunk_id} yet.", err=True)
