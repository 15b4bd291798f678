"""The farm's processes, one command each, as the Procfile names them."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json
from brender_farm.config import LOOPBACK_HOSTS, settings, use_env_file
from brender_farm.errors import ConfigError
from brender_farm.logs import set_up_logging

if TYPE_CHECKING:
    from brender_farm.config import Settings


@click.command(epilog=examples("brender broker"))
def broker() -> None:
    """Run the embedded broker; with BRENDER_BROKER_URL set, watch over that one."""
    from brender_farm.broker.embedded import run_embedded

    set_up_logging()
    farm = settings()
    if farm.broker_url is None:
        run_embedded(farm)
    else:
        _watch_broker(farm.broker_url)


@click.command(epilog=examples("brender web"))
def web() -> None:
    """Run the dashboard and its API."""
    farm = settings()
    _refuse_open_door(farm)
    options = [
        f"--bind={farm.host}:{farm.port}",
        "--workers=1",  # SQLite is written by the dashboard and the scheduler, one process each
        "--threads=64",  # 50 of them may wait for changes (dashboard/change_watch.py)
        "--worker-class=gthread",
        "--timeout=60",
        "--graceful-timeout=2",
        "--log-level=warning",
    ]
    command = [sys.executable, "-m", "gunicorn", *options, "dashboard.wsgi:app"]
    os.execv(sys.executable, command)  # noqa: S606


@click.command(epilog=examples("brender scheduler"))
def scheduler() -> None:
    """Run the scheduler. One per farm is enough; a second by mistake does no harm."""
    from brender_farm.scheduler.process import run

    set_up_logging()
    run(settings())


@click.command(epilog=examples("brender worker", "brender worker --env atlas.env"))
@click.option(
    "--env",
    "env_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A file with settings, as “brender node-token” prints them.",
)
def worker(*, env_file: Path | None) -> None:
    """Run this machine's render node: it needs the broker and the shared storage, nothing else."""
    from workers.process import run

    if env_file is not None:
        use_env_file(env_file)
    set_up_logging()
    run(settings())


@click.command(epilog=examples("brender flower"))
def flower() -> None:
    """Run Flower on loopback."""
    from brender_farm.broker.address import broker_url
    from brender_farm.broker.link import wait_for_broker
    from brender_farm.celery_app import client_app

    set_up_logging()
    farm = settings()
    url = wait_for_broker(lambda: broker_url(farm))
    client_app(url).start(
        [
            "flower",
            "--address=127.0.0.1",
            f"--port={farm.flower_port}",
            "--url-prefix=/flower",
            "--max-tasks=5000",
            "--read-only",
            "--logging=warning",
        ]
    )


@click.command(epilog=examples("brender version", "brender version --json"))
@options.as_json
def version(*, as_json: bool) -> None:
    """Print Brender's version."""
    from brender_farm import __version__

    if as_json:
        print_json({"version": __version__})
    else:
        click.echo(__version__)


def _refuse_open_door(farm: Settings) -> None:
    """Raise ConfigError where anybody on the network could steer the farm."""
    from brender_farm.client import core_app
    from brender_farm.service.recognition import farm_has_users

    if farm.host in LOOPBACK_HOSTS:
        return
    with core_app().app_context():
        if not farm_has_users():
            raise ConfigError(
                f"BRENDER_HOST is {farm.host!r}, but this farm has no users, so anyone on the "
                "network could steer it. Add an admin first: brender users add NAME --role admin"
            )


def _watch_broker(url: str) -> None:
    """Stand in for the broker where it runs elsewhere, saying when it goes and comes."""
    from brender_farm.broker.link import answers

    there = None
    while True:
        now = answers(url, timeout_s=5.0)
        if now != there:
            click.echo("The broker answers." if now else "The broker does not answer.")
        there = now
        time.sleep(5.0)
