"""`brender up`: the whole farm on this machine."""

from __future__ import annotations

import contextlib
import fcntl
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from brender_farm.cli.group import examples
from brender_farm.config import LOOPBACK_HOSTS, Settings, settings
from brender_farm.errors import ConfigError
from brender_farm.supervisor import Supervisor

READY_LIMIT_S = 60.0
_LOOK_S = 0.2


@click.command(
    epilog=examples("brender up", "BRENDER_DATA_DIR=/srv/farm BRENDER_PORT=8890 brender up")
)
def up() -> None:
    """Start broker, dashboard, scheduler, a node and Flower; keep them running until Ctrl+C."""
    farm = settings()
    welcome_first_admin(farm)
    with running_farm(farm) as look:
        click.echo(f"Starting the farm in {farm.data_dir} …")
        wait_until_ready(farm, look)
        print_addresses(farm)
        click.echo("Ctrl+C stops it all.")
        while True:
            look()
            time.sleep(_LOOK_S)


def welcome_first_admin(farm: Settings) -> None:
    """Make an admin of a farm that the network reaches and nobody can sign in to yet."""
    from brender_farm.client import core_app, user_name
    from brender_farm.service.recognition import farm_has_users
    from brender_farm.service.users import add_user

    if farm.host in LOOPBACK_HOSTS:
        return
    farm.data_dir.mkdir(parents=True, exist_ok=True)
    with core_app().app_context():
        if farm_has_users():
            return
        invited = add_user(user_name(), "admin", actor=user_name())
    click.echo(
        f"The network reaches this farm, so it needs a login. {invited.user.name} is its admin. "
        "Choose the password here, within three days; the link works once:"
    )
    click.echo(f"  {welcome_url(farm, invited.key)}")


def welcome_url(farm: Settings, key: str) -> str:
    """Return the address at which somebody who is invited chooses a password."""
    return f"{farm.url}/welcome/{key}"


@contextlib.contextmanager
def running_farm(farm: Settings) -> Iterator[Callable[[], None]]:
    """Run the farm while the block runs; it gets a function to call often, which heals the farm.

    SIGINT and SIGTERM end the program with status 0, once every process has ended.
    Raises ConfigError when a farm already runs on this data folder, or a port is taken.
    """
    farm.data_dir.mkdir(parents=True, exist_ok=True)
    with _only_one(farm.data_dir):
        _refuse_taken_ports(farm)
        supervisor = Supervisor(farm.log_dir, tell=click.echo, node_grace_s=farm.grace_s)
        told_to_end = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # An exception raised right here could be swallowed between a fork's two halves;
            # it is raised at the next look instead. Any further Ctrl+C changes nothing.
            signal.signal(number, lambda *_: told_to_end.set())

        def look() -> None:
            if told_to_end.is_set():
                click.echo("\nStopping …")
                raise SystemExit(0)
            supervisor.look()

        try:
            supervisor.start()
            yield look
        finally:
            supervisor.stop()
            click.echo("The farm has stopped.")


def wait_until_ready(farm: Settings, look: Callable[[], None]) -> None:
    """Wait until dashboard, scheduler and node are up. Raises ConfigError after a minute."""
    end = time.monotonic() + READY_LIMIT_S
    while time.monotonic() < end:
        look()
        if _answers(f"{farm.local_url}/healthz") and _farm_is_whole():
            return
        time.sleep(0.1)
    raise ConfigError(
        f"The farm is not complete after {READY_LIMIT_S:.0f} s. "
        f"See what its processes say in {farm.log_dir}."
    )


def print_addresses(farm: Settings) -> None:
    click.echo(f"  Dashboard  {farm.url}")
    click.echo(f"  Flower     {farm.flower_url}")
    click.echo(f"  Logs       {farm.log_dir}")


def _farm_is_whole() -> bool:
    from brender_farm.client import core_app
    from brender_farm.service.farm import glance

    with core_app().app_context():
        now = glance()
        return now.nodes_online > 0 and not now.scheduler_silent


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own loopback address
            return True
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def _only_one(data_dir: Path) -> Iterator[None]:
    path = data_dir / "up.lock"
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(
                f"A farm already runs on {data_dir}. Stop it first, or set BRENDER_DATA_DIR "
                "(and BRENDER_PORT, BRENDER_FLOWER_PORT) for another."
            ) from None
        yield


def _refuse_taken_ports(farm: Settings) -> None:
    for port, name in ((farm.port, "BRENDER_PORT"), (farm.flower_port, "BRENDER_FLOWER_PORT")):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise ConfigError(
                    f"Port {port} is taken by another program. Set {name} to a free one."
                ) from None
