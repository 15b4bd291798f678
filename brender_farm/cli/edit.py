"""`brender edit` and `brender clone`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from brender_farm.cli import options
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json
from brender_farm.cli.terminal import say

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


@click.command(
    epilog=examples(
        'brender edit 12 --priority 80 --notes "Retake: new lamp"',
        "brender edit 12 --frames 1-96",
        "brender edit 12 --samples 256 --again",
    )
)
@options.a_shot
@_settings
@click.option("--again", is_flag=True, help="Render all frames again, finished ones among them.")
@options.as_json
def edit(*, shot: str, again: bool, as_json: bool, **changes: Any) -> None:
    """Change settings of a shot. An empty value ("") asks for nothing.

    Finished frames keep their look unless all are rendered --again. Frames that are finished or on
    a node cannot be left out of --frames.
    """
    from brender_farm.cli.targets import find_shot
    from brender_farm.client import ShotHandle, this_farm

    given = _given(changes)
    if not given and not again:
        raise click.UsageError("Say what to change.")
    farm = this_farm()
    handle = ShotHandle(find_shot(farm, shot), backend=farm)
    handle.edit(again=again, **given)
    row = handle.detail.row
    if as_json:
        print_json(row)
    else:
        say(f"Shot {row.id} is changed; it is {row.state}, {row.done_count}/{row.frame_count}.")


@click.command(
    epilog=examples("brender clone 12", "brender clone 12 --frames 1-10 --percentage 50")
)
@options.a_shot
@_new
@_settings
@click.option("--watch", is_flag=True, help="Follow the shot to its end with a progress bar.")
@options.as_json
def clone(*, shot: str, watch: bool, as_json: bool, **changes: Any) -> None:
    """Submit a shot again, as it was or with changes, into a new folder.

    With --watch it ends as `brender submit --watch` does.
    """
    from brender_farm.cli.submit import tell
    from brender_farm.cli.targets import find_shot
    from brender_farm.client import ShotHandle, this_farm

    farm = this_farm()
    handle = ShotHandle(find_shot(farm, shot), backend=farm)
    tell(handle.submit_again(**_given(changes)), watch=watch, as_json=as_json)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}
