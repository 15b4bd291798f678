"""A real farm of its own for one benchmark: own folder, broker, ports and node; gone afterwards."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from sqlalchemy import select

from brender_farm.broker.address import free_port
from brender_farm.client import core_app
from brender_farm.config import settings
from brender_farm.db.core import reading
from brender_farm.db.models import Node
from brender_farm.service.farm import glance
from brender_farm.supervisor import PROCESSES, Supervisor

DATA = Path(__file__).parents[1] / "data"
NODE = "bench"
_NODE_PROCESS = "worker"
_LIMIT_S = 60.0
_QUIET_S = 0.5
_QUIET_CPU_S = 0.03


@dataclass
class Farm:
    """The running farm. Its settings are this process's settings while it runs."""

    folder: Path
    rest: Supervisor
    """Every process but the node."""
    node: Supervisor | None = None
    boots: set[str] = field(default_factory=set)
    """The starts of the node that were seen so far."""

    def scene(self, name: str = "tiny", *, copy: str = "") -> Path:
        """Return a test scene, copied into the farm's folder; a `copy` is another file to it."""
        path = self.folder / f"{name}{copy}.blend"
        if not path.exists():
            shutil.copy2(DATA / f"{name}.blend", path)
        return path

    def new_output(self) -> Path:
        """Return a folder that does not exist yet, for the frames of one shot."""
        return Path(tempfile.mkdtemp(prefix="frames-", dir=self.folder)) / "out"

    def renew_node(self, **environment: str) -> None:
        """Start the node, or end it and start it anew, and wait until the farm gives it work."""
        self.end_node()
        os.environ.update(environment)
        self.node = self._supervisor([_NODE_PROCESS])
        self.node.start()
        self.wait_for(self._node_is_ready, "the node is online")
        self.wait_until_quiet()

    def end_node(self) -> None:
        if self.node is not None:
            self.node.stop()
            self.node = None

    def processes(self) -> dict[str, psutil.Process]:
        """Return the first process of each part of the farm."""
        pids = self.rest.running() | (self.node.running() if self.node else {})
        return {name: psutil.Process(pids[name]) for name in PROCESSES if name in pids}

    def wait_until_quiet(self) -> None:
        """Wait until node and Blender have nothing more to do, as after their start."""
        tree = family(self.processes()[_NODE_PROCESS])

        def is_quiet() -> bool:
            nonlocal tree
            before = {process: cpu_s(process) for process in tree}
            time.sleep(_QUIET_S)
            tree = family(self.processes()[_NODE_PROCESS])
            used = sum(cpu_s(process) - before.get(process, 0.0) for process in tree)
            return used < _QUIET_CPU_S

        self.wait_for(is_quiet, "the node is idle")

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until the condition holds. Raises TimeoutError after a minute."""
        end = time.monotonic() + _LIMIT_S
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"Not within {_LIMIT_S:.0f} s: {what}. Logs: {self.log_dir}")
            time.sleep(0.02)

    @property
    def log_dir(self) -> Path:
        return settings().log_dir

    def start(self) -> None:
        self.rest.start()
        self.wait_for(self._is_up, "dashboard and scheduler are up")

    def stop(self) -> None:
        self.end_node()
        self.rest.stop()

    def _supervisor(self, names: Sequence[str]) -> Supervisor:
        return Supervisor(self.log_dir, tell=_tell, names=names)

    def _is_up(self) -> bool:
        if not _answers(f"{settings().url}/healthz"):
            return False
        with core_app().app_context():
            return not glance().scheduler_silent

    def _node_is_ready(self) -> bool:
        with core_app().app_context(), reading() as session:
            found = session.execute(select(Node.boot, Node.accepting).where(Node.online)).all()
        new = {row.boot for row in found if row.accepting} - self.boots
        self.boots |= new
        return bool(new)


@contextmanager
def private_farm(*, with_node: bool = True, **environment: str) -> Iterator[Farm]:
    """Run a farm while the block runs; `environment` is more of its settings (BRENDER_…).

    Raises TimeoutError when it does not come up within a minute.
    """
    before = dict(os.environ)
    folder = Path(tempfile.mkdtemp(prefix="brender-bench-")).resolve()
    try:
        _set_environment(folder, environment)
        names = [name for name in PROCESSES if name != _NODE_PROCESS]
        farm = Farm(folder, Supervisor(settings().log_dir, tell=_tell, names=names))
        try:
            farm.start()
            if with_node:
                farm.renew_node()
            yield farm
        finally:
            farm.stop()
    finally:
        os.environ.clear()
        os.environ.update(before)
        _forget_settings()
        shutil.rmtree(folder, ignore_errors=True)


def family(process: psutil.Process) -> list[psutil.Process]:
    """Return the process and all that it started."""
    return [process, *process.children(recursive=True)]


def cpu_s(process: psutil.Process) -> float:
    """Return the processor time that a process has used; 0 when it is gone."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _set_environment(folder: Path, environment: dict[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith("BRENDER_")]:
        del os.environ[name]
    os.environ.update(
        {
            "BRENDER_DATA_DIR": str(folder / "farm"),
            "BRENDER_ROOTS": str(folder),
            "BRENDER_PORT": str(free_port()),
            "BRENDER_FLOWER_PORT": str(free_port()),
            "BRENDER_NODE_NAME": NODE,
            "BRENDER_SLOTS": "1",
            **environment,
        }
    )
    _forget_settings()


def _forget_settings() -> None:
    core_app.cache_clear()
    settings.cache_clear()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)
