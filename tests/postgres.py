"""Run a command with a private PostgreSQL server that is gone afterwards.

    python -m tests.postgres -- python -m pytest tests/integration/db

The command finds the server's URL in BRENDER_TEST_DATABASE_URL. It is the newest PostgreSQL of
the system's packages, in a temporary folder, reached by a Unix socket, and forgets what it is told
when it stops. Without a PostgreSQL on this machine the command is not run, and that is said.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.databases import SERVER_VARIABLE

START_LIMIT_S = 60
STOP_LIMIT_S = 20
_ACCOUNT = "postgres"
"""The account that PostgreSQL's packages make; the server refuses to run as root."""
_FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_ROOMY = ("max_connections=200", "shared_buffers=64MB", "listen_addresses=")


class CannotStart(Exception):
    """There is no PostgreSQL server to be had on this machine."""


def main(arguments: list[str]) -> int:
    """Run the command after `--`; return its exit status, 0 when there is no PostgreSQL."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print("usage: python -m tests.postgres -- COMMAND …", file=sys.stderr)
        return 2
    try:
        with running_server() as url:
            environment = {**os.environ, SERVER_VARIABLE: url}
            return subprocess.run(command, env=environment, check=False).returncode
    except CannotStart as error:
        print(f"SKIPPED on PostgreSQL: {error}", file=sys.stderr)
        return 0


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Start a server and give the URL of its empty database. Raises CannotStart."""
    folder_of_programs = find_programs()
    owner = _owner()
    with _folder(owner) as folder:
        options = {"cwd": folder, "stdout": subprocess.DEVNULL, "umask": 0o077, **owner}
        data, log = folder / "data", folder / "server.log"
        subprocess.run(
            [
                folder_of_programs / "initdb",
                *("--pgdata", data, "--username", _ACCOUNT, "--auth=trust", "--no-sync"),
                *("--encoding=UTF8", "--locale=C"),
            ],
            check=True,
            **options,
        )
        settings = [f"--{setting}" for setting in (*_FORGETFUL, *_ROOMY)]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [folder_of_programs / "postgres", "-D", data, "-k", folder, *settings],
                **{**options, "stderr": output},
            )
        try:
            _wait_until_ready(folder_of_programs / "pg_isready", folder, server, log)
            yield f"postgresql://{_ACCOUNT}@/postgres?host={folder}"
        finally:
            _stop(server)


def find_programs() -> Path:
    """Return the folder of the newest PostgreSQL server's programs. Raises CannotStart."""
    packaged = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(packaged, key=lambda path: _number(path.parts[-3]), default=None)
    found = newest or shutil.which("initdb")
    if found is None:
        raise CannotStart("no PostgreSQL server is installed (apt install postgresql).")
    return Path(found).parent


def _number(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


def _owner() -> dict[str, Any]:
    """Return how a child becomes another user, where this one is root."""
    if os.geteuid() != 0:
        return {}
    try:
        account = pwd.getpwnam(_ACCOUNT)
    except KeyError:
        raise CannotStart(
            f"it does not run as root, and this system has no account {_ACCOUNT!r}."
        ) from None
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def _folder(owner: dict[str, Any]) -> Iterator[Path]:
    # A Unix socket's path may have 107 signs: a short folder, whatever TMPDIR says.
    with tempfile.TemporaryDirectory(prefix="brender-pg-", dir="/tmp") as name:
        if owner:
            os.chown(name, owner["user"], owner["group"])
        yield Path(name)


def _wait_until_ready(
    pg_isready: Path, folder: Path, server: subprocess.Popen[bytes], log: Path
) -> None:
    end = time.monotonic() + START_LIMIT_S
    while server.poll() is None and time.monotonic() < end:
        if subprocess.run([pg_isready, "-q", "-h", folder], check=False).returncode == 0:
            return
        time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGQUIT)  # at once: nothing of it is needed any more
    try:
        server.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _end(*_: object) -> None:
    raise SystemExit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    sys.exit(main(sys.argv[1:]))
