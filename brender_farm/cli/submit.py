"""`brender submit`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.ending import ending_of_shot
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json
from brender_farm.cli.terminal import say
from brender_farm.domain.signs import without_turns

if TYPE_CHECKING:
    from brender_farm.client import ShotHandle


@click.command(
    epilog=examples(
        "brender submit scene.blend --frames 1-48 --watch",
        "brender submit scene.blend --existing missing      render only what is not there",
        "brender submit scene.blend --snapshot              go on working on the scene meanwhile",
        "brender submit scene.blend --percentage 25 --samples 16      a quick look",
        "brender submit scene.blend --json | jq .shot.id",
    )
)
@click.argument("file", type=click.Path())
@click.option("--frames", help="1-48, 1-100x2, 1-100:10, 1-5,9; else the file's own range.")
@click.option("--name", help="What to call the shot; else the file's name.")
@click.option("--output", help="Folder for the frames; else renders/NAME/v001 beside the file.")
@click.option("--scene", help="Scene in the file; else the one it opens with.")
@click.option("--format", "image_format", help="PNG, JPEG, EXR, …; else the file's own.")
@click.option("--width", type=int, help="Pixels; with --height.")
@click.option("--height", type=int, help="Pixels; with --width.")
@click.option("--priority", type=int, default=50, show_default=True, help="0 to 100, high first.")
@click.option("--chunk-size", default="auto", show_default=True, help="Frames per chunk.")
@click.option(
    "--existing",
    default="new-version",
    show_default=True,
    help="What to do with frames that are there: new-version, missing or overwrite.",
)
@click.option("--snapshot", is_flag=True, help="Render from a copy, so FILE may be worked on.")
@click.option("--frame-limit", type=float, metavar="SECONDS", help="Most that a frame may take.")
@click.option("--memory-limit", type=float, metavar="GB", help="Most that Blender may take.")
@click.option("--tags", help="Tags a node must have; ! before one: must not. Example: gpu,!slow")
@click.option("--min-memory", type=float, metavar="GB", help="Least that a node must have.")
@click.option("--max-nodes", type=int, metavar="N", help="Most nodes it may be on at a time.")
@click.option("--pool", help="The pool whose nodes render it; else those in no pool.")
@click.option("--blender", metavar="VERSION", help="4.5.15, 4.5 or any; else the file's, or newer.")
@click.option("--device", help="gpu or cpu; else as the scene says.")
@click.option("--limits", metavar="NAMES", help="Farm-wide limits it takes part in.")
@click.option("--first", metavar="FRAMES", help="Render these first: x10, ends, or 1,50,100.")
@click.option("--after", metavar="SHOTS", help="Start when these are completed. Example: 9,12")
@click.option("--after-frames", metavar="SHOTS", help="Each frame after the same frame of these.")
@click.option("--not-before", metavar="TIME", help='Start then: "20:00", "2026-12-01 08:00".')
@click.option("--race", is_flag=True, help="Render its last frames twice on idle slots.")
@click.option(
    "--show",
    metavar="NAME",
    type=options.SHOW,
    help="The show it is of; else by its folder. none: none.",
)
@click.option(
    "--preset",
    metavar="NAME",
    type=options.PRESET,
    help="Render settings to fill in; none: not the show's.",
)
@click.option("--engine", help="CYCLES, EEVEE or WORKBENCH; else as the scene says.")
@click.option("--samples", type=int, metavar="N", help="Samples of Cycles or EEVEE.")
@click.option("--percentage", type=int, metavar="N", help="Of the resolution: 25 is a quarter.")
@click.option("--denoise/--no-denoise", default=None, help="Denoise, or do not (Cycles).")
@click.option("--camera", metavar="NAME", help="A camera of the scene.")
@click.option("--view-layers", metavar="NAMES", help="Render only these, with commas between.")
@click.option("--color-depth", metavar="BITS", help="Bits a channel: 8 or 16, for EXR 16 or 32.")
@click.option("--quality", type=int, metavar="N", help="1-100: of JPEG, WEBP, EXR by DWAA, DWAB.")
@click.option("--compression", type=int, metavar="N", help="0-100: of PNG.")
@click.option("--exr-codec", metavar="NAME", help="ZIP, PIZ, DWAA, …, NONE.")
@click.option("--notes", metavar="TEXT", help="A few words for people.")
@click.option("--strict", is_flag=True, help="Refuse what would otherwise be a warning.")
@click.option("--watch", is_flag=True, help="Follow the shot to its end with a progress bar.")
@options.as_json
def submit(
    file: str,
    *,
    frames: str | None,
    name: str | None,
    output: str | None,
    scene: str | None,
    image_format: str | None,
    width: int | None,
    height: int | None,
    priority: int,
    chunk_size: str,
    existing: str,
    snapshot: bool,
    frame_limit: float | None,
    memory_limit: float | None,
    tags: str | None,
    min_memory: float | None,
    max_nodes: int | None,
    pool: str | None,
    blender: str | None,
    device: str | None,
    limits: str | None,
    first: str | None,
    after: str | None,
    after_frames: str | None,
    not_before: str | None,
    race: bool,
    show: str | None,
    preset: str | None,
    engine: str | None,
    samples: int | None,
    percentage: int | None,
    denoise: bool | None,
    camera: str | None,
    view_layers: str | None,
    color_depth: str | None,
    quality: int | None,
    compression: int | None,
    exr_codec: str | None,
    notes: str | None,
    strict: bool,
    watch: bool,
    as_json: bool,
) -> None:
    """Submit FILE, a .blend, to the farm.

    With --watch it ends with 0 when all frames are done, 10 when some failed, 11 when the shot was
    cancelled, 12 when the farm paused it because nothing of it can be rendered.
    """
    from brender_farm.client import submit_shot

    shot = submit_shot(
        file,
        frames,
        name=name,
        output=output,
        scene=scene,
        format=image_format,
        width=width,
        height=height,
        priority=priority,
        chunk_size=chunk_size,
        existing=existing,
        snapshot=snapshot,
        frame_limit_s=frame_limit,
        memory_limit_gb=memory_limit,
        tags=tags,
        min_memory_gb=min_memory,
        max_nodes=max_nodes,
        pool=pool,
        blender=blender,
        device=device,
        limits=limits,
        first=first,
        after=after,
        after_frames=after_frames,
        not_before=not_before,
        race=race,
        show=show,
        preset=preset,
        engine=engine,
        samples=samples,
        percentage=percentage,
        denoise=denoise,
        camera=camera,
        view_layers=view_layers,
        color_depth=color_depth,
        quality=quality,
        compression=compression,
        exr_codec=exr_codec,
        notes=notes,
        strict=strict,
    )
    tell(shot, watch=watch, as_json=as_json)


def tell(shot: ShotHandle, *, watch: bool, as_json: bool) -> None:
    """Say what was submitted; with `watch` follow it and end with what became of it."""
    from brender_farm.cli.wait import follow, how_it_ended

    for warning in shot.warnings:
        click.echo(f"Warning: {without_turns(warning)}", err=True)
    detail = shot.detail
    if not as_json:
        say(f"Shot {shot.id} · {detail.row.frame_count} frames · {detail.output_dir}")
        click.echo(shot.url)
    if watch:
        detail = follow(shot.backend, shot.id)
    if as_json:
        print_json(
            {
                "shot": detail.row,
                "url": shot.url,
                "output_dir": detail.output_dir,
                "warnings": shot.warnings,
            }
        )
    elif watch:
        say(how_it_ended(detail))
    if watch:
        sys.exit(ending_of_shot(detail.row.state))
