"""`brender backup` and `brender restore`."""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path

import click

from brender_farm.cli import options
from brender_farm.cli.asking import ask
from brender_farm.cli.group import examples
from brender_farm.cli.progress import progress
from brender_farm.cli.table import print_json
from brender_farm.cli.terminal import say
from brender_farm.config import settings
from brender_farm.errors import FarmError


@click.command(epilog=examples("brender backup", "brender backup /mnt/safe/farm.db --force"))
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@options.as_json
def backup(*, file: Path | None, force: bool, as_json: bool) -> None:
    """Write a backup of the farm's database to FILE, whether the farm runs or not.

    Without FILE it goes to BRENDER_DATA_DIR/backups, under the time of day (UTC). All backups are
    kept.
    """
    from brender_farm.db.backup import back_up, default_target

    farm, began = settings(), time.monotonic()
    target = (file or default_target(farm.data_dir, farm.database_url)).absolute()
    with progress(f"Backing up to {target.name}"):
        back_up(farm.database_url, target, force=force)
    size, took_s = target.stat().st_size, time.monotonic() - began
    if as_json:
        print_json({"file": str(target), "byte_count": size, "seconds": round(took_s, 3)})
    else:
        say(f"{target} ({size / 2**20:.1f} MB, {took_s:.1f} s)")


@click.command(epilog=examples("brender restore farm-20261124-120000.db --yes"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Even while the farm seems to run.")
@options.yes
@options.as_json
def restore(*, file: Path, force: bool, yes: bool, as_json: bool) -> None:
    """Put the backup FILE in the place of the farm's database, which is kept beside it.

    Stop the farm first. Frames that were finished after the backup was taken are rendered again.
    Asks first on a terminal.
    """
    from brender_farm.db.restore import restore as put_in_place

    farm = settings()
    ask(
        f"Put {file} in the place of the farm's database? The one that is there is kept beside it.",
        yes=yes,
        to="restore the backup",
        must=False,
    )
    farm.data_dir.mkdir(parents=True, exist_ok=True)
    alone = contextlib.nullcontext() if force else _no_farm_on(farm.data_dir)
    with alone, progress(f"Restoring {file.name}"):
        done = put_in_place(farm, file.absolute(), force=force)
    if as_json:
        print_json(
            {
                "file": str(file.absolute()),
                "replaced": str(done.replaced) if done.replaced else None,
                "lost_chunks": done.made_safe.lost_chunks,
                "last_chunk_id": done.made_safe.last_chunk_id,
            }
        )
        return
    say(f"{file} is the farm's database now.")
    if done.replaced is not None:
        say(f"  The one before is kept: {done.replaced}")
    if done.made_safe.lost_chunks:
        click.echo(f"  {done.made_safe.lost_chunks} chunks that were on nodes are rendered again.")
    click.echo(f"  New chunks are numbered above {done.made_safe.last_chunk_id}.")


@contextlib.contextmanager
def _no_farm_on(data_dir: Path) -> Iterator[None]:
    """Keep `brender up` away while the block runs. Raises FarmError when it runs already."""
    with (data_dir / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FarmError(
                f"A farm runs on {data_dir}. Stop it (Ctrl+C) first, or give --force."
            ) from None
        yield
