"""`brender edit` and `brender clone`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from brender_farm.domain.states import ShotState

_Command = TypeVar("_Command", bound=Callable[..., Any])

_EDITABLE: dict[str, str] = {
    "name": "What to call the shot.",
    "frames": "All its frames: 1-48, 1-100x2, 1-5,9.",
    "first": "Render these before the others: x10, ends, or 1,50,100.",
    "chunk-size": "Frames per chunk, or auto.",
    "camera": "A camera of the scene.",
    "view-layers": "The only view layers to render, with commas between.",
    "engine": "CYCLES, EEVEE or WORKBENCH.",
    "samples": "Samples per pixel.",
    "percentage": "Of the resolution.",
    "color-depth": "Bits a channel: 8 or 16, for EXR 16 or 32.",
    "quality": "1 to 100: of JPEG, WEBP, and EXR with DWAA or DWAB.",
    "compression": "0 to 100: of PNG.",
    "exr-codec": "ZIP, PIZ, DWAA, …, NONE.",
    "tags": "Tags a node must have; ! before one: must not.",
    "pool": "The pool whose nodes render it.",
    "device": "gpu or cpu.",
    "blender": "4.5.15, 4.5 or any.",
    "limits": "Farm-wide limits it takes part in.",
    "after": "Shots that must be completed first. Example: 9,12",
    "after-frames": "Shots of which the same frame must be done first.",
    "not-before": 'When it may start: "20:00", "2026-12-01 08:00".',
    "notes": "A few words for people.",
}
_NUMBERS: dict[str, tuple[str, str]] = {
    "frame-limit": ("frame_limit_s", "Seconds that a frame may take."),
    "memory-limit": ("memory_limit_gb", "GB that Blender may take."),
    "min-memory": ("min_memory_gb", "GB that a node must have."),
    "max-nodes": ("max_nodes", "Most nodes it may be on at a time."),
}
_NEW: dict[str, str] = {
    "output": "Folder for the frames.",
    "scene": "Scene in the file.",
    "format": "PNG, JPEG, EXR, …",
    "width": "Pixels; with --height.",
    "height": "Pixels; with --width.",
    "existing": "What to do with frames that are there: new-version, missing or overwrite.",
    "show": "The show it belongs to.",
    "preset": "Render settings to fill in.",
}


def _settings(command: _Command) -> _Command:
    """Give a command an option for all that may be changed of a shot."""
    for name, words in reversed(_EDITABLE.items()):
        command = click.option(f"--{name}", help=words)(command)
    for name, (field, words) in _NUMBERS.items():
        command = click.option(f"--{name}", field, help=words)(command)
    for name in ("race", "denoise"):
        command = click.option(f"--{name}/--no-{name}", default=None)(command)
    return click.option("--priority", type=int, help="0 to 100, high first.")(command)


def _new(command: _Command) -> _Command:
    """Give a command an option for what only a new shot can have."""
    for name, words in reversed(_NEW.items()):
        command = click.option(f"--{name}", help=words)(command)
    return click.option("--snapshot/--no-snapshot", default=None)(command)


@click.command()
@click.argument("shot_id", type=int)
@_settings
@click.option("--again", is_flag=True, help="Render all frames again, finished ones among them.")
def edit(*, shot_id: int, again: bool, **options: Any) -> None:
    """Change settings of a shot. An empty value ("") asks for nothing.

    Finished frames keep their look unless all are rendered --again. Frames that are finished or on
    a node cannot be left out of --frames.

    \b
    brender edit 12 --priority 80 --notes "Retake: new lamp"
    brender edit 12 --frames 1-96
    brender edit 12 --samples 256 --again
    """
    from brender_farm.client import get_shot

    changes = _given(options)
    if not changes and not again:
        raise click.UsageError("Say what to change; see: brender edit --help")
    handle = get_shot(shot_id)
    handle.edit(again=again, **changes)
    row = handle.detail.row
    click.echo(f"Shot {row.id} is changed; it is {row.state}, {row.done_count}/{row.frame_count}.")


@click.command()
@click.argument("shot_id", type=int)
@_new
@_settings
@click.option("--watch", is_flag=True, help="Follow the shot to its end with a progress bar.")
def clone(*, shot_id: int, watch: bool, **options: Any) -> None:
    """Submit a shot again, as it was or with changes, into a new folder.

    \b
    brender clone 12
    brender clone 12 --frames 1-10 --percentage 50
    """
    from brender_farm.cli.submit import follow
    from brender_farm.client import get_shot

    shot = get_shot(shot_id).submit_again(**_given(options))
    for warning in shot.warnings:
        click.echo(f"Warning: {warning}", err=True)
    click.echo(f"Shot {shot.id} · {shot.progress.total} frames · {shot.output}")
    click.echo(shot.url)
    if watch:
        sys.exit(0 if follow(shot) is ShotState.COMPLETED else 1)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}
