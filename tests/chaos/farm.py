"""The farm under fire: three nodes, each behind a cable of its own, and somebody who restarts."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from redis import Redis

from brender_farm.broker.address import embedded_address
from brender_farm.broker.link import connect
from tests.chaos import jumping_clock
from tests.chaos.disk import OutputDisk
from tests.chaos.proxy import Proxy
from tests.farm import FAKE_BLENDER, Farm
from tests.waiting import wait_for

NODES = {"anna": 1, "bert": 2, "cleo": 1}
"""Name → slots."""
STALL_S = 5.0
MARK = "CHAOS_FARM"
"""In the environment of every process that belongs to a farm under fire."""
_END_LIMIT_S = 20.0


@dataclass
class ChaosFarm(Farm):
    """A farm whose parts can be struck one by one. `stop` ends it whatever state it is in."""

    blender: str = str(FAKE_BLENDER)
    held: set[str] = field(default_factory=set)
    """Processes that a fault keeps down; nobody restarts them meanwhile."""
    scenes: dict[Path, dict[str, Any]] = field(default_factory=dict)
    """The shots' .blend files, and how the fake Blender behaves with each when nothing is wrong."""
    disk: OutputDisk | None = None

    def __post_init__(self) -> None:
        self.folder = self.folder.resolve()
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir(parents=True)
        self.extra = {
            MARK: str(self.folder),
            "TMPDIR": str(self.temporary),
            "BRENDER_STALL_S": f"{STALL_S:g}",
            "FAKE_BLENDER_JOURNAL": str(self.journal),
            jumping_clock.VARIABLE: str(self.folder / "jump"),
            **self.extra,
        }
        super().__post_init__()
        port = embedded_address(self.settings.broker_dir).port
        self.cables = {name: Proxy(lambda: self._broker_port(port)) for name in NODES}
        with contextlib.suppress(OSError):  # only root may mount; then that fault is left out
            self.disk = OutputDisk(self.folder / "disk")

    @property
    def is_fake(self) -> bool:
        """Whether the fake Blender renders, which keeps a journal."""
        return self.blender == str(FAKE_BLENDER)

    @property
    def journal(self) -> Path:
        return self.folder / "journal.jsonl"

    @property
    def output(self) -> Path:
        """Where the shots' output folders are."""
        return self.folder / ("disk" if self.disk else "renders")

    def start_all(self) -> None:
        """Start every process and wait until all nodes are there."""
        self.start("broker", "scheduler", "web")
        for name, slots in NODES.items():
            self._start(
                name,
                "worker",
                {
                    "BRENDER_NODE_NAME": name,
                    "BRENDER_SLOTS": str(slots),
                    "BRENDER_BLENDER": self.blender,
                },
            )
        wait_for(lambda: all(self.node(name).online for name in NODES), "all nodes are online")

    def restart_fallen(self) -> dict[str, int]:
        """Restart what has ended without being held down, as a supervisor does.

        Returns the names with the exit statuses.
        """
        fallen = {
            name: status
            for name, process in self.processes.items()
            if name not in self.held and (status := process.poll()) is not None
        }
        for name in fallen:
            self.restart(name)
        return fallen

    @contextlib.contextmanager
    def holding(self, name: str) -> Iterator[None]:
        """Keep a process down while the block runs, and start it again afterwards."""
        self.held.add(name)
        try:
            yield
        finally:
            self.held.discard(name)
            if self.processes[name].poll() is not None:
                self.restart(name)

    def blenders(self, node: str) -> list[psutil.Process]:
        """Return the Blenders that a node has running."""
        return [
            process
            for process in descendants(self.pid(node))
            if any(part.endswith("inside.py") for part in _command_line(process))
        ]

    def redis(self) -> Redis:
        """Return a client of the test's own, not behind any cable."""
        return connect(self.broker_url)

    def tell_blenders(self, **trouble: Any) -> None:
        """Tell the fake Blender how to misbehave from the next frame of each scene on."""
        for blend, usual in self.scenes.items():
            draft = blend.with_suffix(".told")
            draft.write_text(json.dumps(usual | trouble))
            draft.replace(f"{blend}.fake.json")  # whole: a Blender may be reading it

    def end_all(self) -> list[str]:
        """Ask every process to end; return what is left of the farm afterwards."""
        order = sorted(self.processes, key=lambda name: (name == "broker", name == "scheduler"))
        for name in order:
            self.processes[name].terminate()
        stubborn = []
        for name in order:
            try:
                self.processes[name].wait(_END_LIMIT_S)
            except subprocess.TimeoutExpired:
                stubborn.append(f"{name} does not end when it is told to")
        with contextlib.suppress(AssertionError):
            wait_for(lambda: not self.living(), "every process has ended", limit_s=_END_LIMIT_S)
        return stubborn + [f"process left: {described(process)}" for process in self.living()]

    def living(self) -> list[psutil.Process]:
        """Return all processes of this farm, found by their environment.

        The broker writes its title over its own, but it is always one that was started here.
        """
        started = {process.pid for process in self.processes.values() if process.poll() is None}
        return [p for p in psutil.process_iter() if p.pid in started or self._is_ours(p)]

    def stop(self) -> None:
        super().stop()
        for process in self.living():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        for cable in self.cables.values():
            cable.close()
        if self.disk:
            self.disk.close()

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            dead = process.status() == psutil.STATUS_ZOMBIE
            ours: bool = process.environ().get(MARK) == str(self.folder)
        except (psutil.Error, OSError):
            return False  # gone, or another user's
        return ours and not dead and process.pid != os.getpid()

    def _broker_port(self, settled: int) -> int:
        try:
            return embedded_address(self.settings.broker_dir).port
        except (OSError, ValueError):
            return settled

    def _start(self, name: str, command: str, extra: dict[str, str]) -> None:
        if name in self.cables:
            address = embedded_address(self.settings.broker_dir)
            port = self.cables[name].port
            extra = extra | {
                "BRENDER_BROKER_URL": f"redis://:{address.password}@127.0.0.1:{port}/0"
            }
        if name != "scheduler":
            super()._start(name, command, extra)
            return
        self._environments[name] = self.env | extra
        argv = [sys.executable, "-P", jumping_clock.__file__, command]
        self._spawn(name, argv, self._environments[name])


def descendants(pid: int) -> list[psutil.Process]:
    try:
        found: list[psutil.Process] = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return found


def described(process: psutil.Process) -> str:
    return f"{process.pid} {' '.join(_command_line(process))[:150]}"


def signal_all(processes: list[psutil.Process], number: signal.Signals) -> None:
    """Send a signal to those that are still there."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []
