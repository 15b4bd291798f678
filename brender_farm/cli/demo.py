"""`brender demo`: a farm and a shot to look at, from nothing."""

from __future__ import annotations

import shutil
import time
from importlib import resources
from pathlib import Path

import click

from brender_farm.cli.group import examples
from brender_farm.cli.up import print_addresses, running_farm, wait_until_ready
from brender_farm.cli.watch import watching
from brender_farm.config import Settings, settings
from brender_farm.domain.states import ShotState

SCENE = "spinning.blend"


@click.command(epilog=examples("brender demo", "brender demo --once --frames 1-8"))
@click.option("--once", is_flag=True, help="End when the shot is rendered instead of serving on.")
@click.option("--frames", help="Fewer frames than the scene's own 48, such as 1-8.")
def demo(*, once: bool, frames: str | None) -> None:
    """Start the farm, render the bundled demo shot, and keep serving until Ctrl+C."""
    farm = settings()
    with running_farm(farm) as look:
        click.echo("Starting the farm …")
        wait_until_ready(farm, look)
        from brender_farm.client import submit_shot

        shot = submit_shot(place_scene(farm), frames, name="Spinning farm")
        click.echo(f"Rendering {shot.url}")
        detail = shot.detail
        with watching(detail.row.name, detail.row.frame_count) as show:
            while not detail.row.is_over:
                look()
                time.sleep(0.2)
                detail = shot.detail
                show(detail)
        state = detail.row.state
        if state is ShotState.COMPLETED:
            click.echo(f"All {shot.progress.total} frames are on disk.")
        else:
            click.echo(f"The shot is {state}: {shot.detail.row.reason}")
        print_addresses(farm)
        click.echo(f"  Frames     {shot.output}")
        if once:
            raise SystemExit(0 if state is ShotState.COMPLETED else 1)
        click.echo("Ctrl+C stops it all.")
        while True:
            look()
            time.sleep(0.2)


def place_scene(farm: Settings) -> Path:
    """Copy the demo scene into the farm's data folder, where its frames may go too."""
    target = farm.data_dir / "demo" / SCENE
    target.parent.mkdir(parents=True, exist_ok=True)
    source = resources.files("brender_farm") / "demo" / SCENE
    with resources.as_file(source) as path:
        if not target.exists() or target.stat().st_size != path.stat().st_size:
            shutil.copyfile(path, target)
    return target
