"""A private farm of real processes: embedded broker, scheduler, nodes, and dashboard if wanted."""

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
from flask import Flask

from brender_farm.broker.address import broker_url, free_port
from brender_farm.config import Settings, load_settings
from brender_farm.db.core import create_core_app, db
from brender_farm.db.migrate import upgrade
from brender_farm.domain.states import ShotState
from brender_farm.service import nodes, shots
from brender_farm.service.requests import ShotRequest
from brender_farm.service.shapes.nodes import NodeRow
from brender_farm.service.shapes.shots import ShotDetail
from brender_farm.service.submit import submit
from tests.databases import fresh_database_url
from tests.waiting import wait_for

HERE = Path(__file__).parent
DATA = HERE / "data"
FAKE_BLENDER = HERE / "fake_blender" / "blender"
OVER = (ShotState.COMPLETED, ShotState.FAILED, ShotState.CANCELLED, ShotState.PAUSED)


@dataclass
class Farm:
    """Starts and kills the farm's processes; asks the farm through its service."""

    folder: Path
    extra: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.env = {
            key: value for key, value in os.environ.items() if not key.startswith("BRENDER_")
        } | {
            "BRENDER_DATA_DIR": str(self.folder / "farm"),
            "BRENDER_DATABASE_URL": fresh_database_url(self.folder),
            "BRENDER_ROOTS": str(self.folder),
            "BRENDER_PORT": str(free_port()),
            "BRENDER_FLOWER_PORT": str(free_port()),
            "BRENDER_NODE_NAME": "cli",
            "BRENDER_GRACE_S": "2",
            "FAKE_BLENDER_PYTHON": sys.executable,
            **self.extra,
        }
        self.settings: Settings = load_settings(self.env)
        self.core: Flask = create_core_app(self.settings)
        with self.core.app_context():
            upgrade()

    @property
    def broker_url(self) -> str:
        return broker_url(self.settings)

    def start(self, *names: str) -> None:
        """Start processes by their command's name: broker, scheduler, web, flower."""
        for name in names:
            self._start(name, name, {})

    def start_node(
        self,
        name: str,
        *,
        slots: int = 1,
        blender: str = str(FAKE_BLENDER),
        pool: str = "",
        roots: str = "",
        **behaviour: Any,
    ) -> None:
        """Start a node and wait until the farm sees it; `behaviour` is the fake Blender's."""
        self._start(
            name,
            "worker",
            {
                "BRENDER_NODE_NAME": name,
                "BRENDER_SLOTS": str(slots),
                "BRENDER_BLENDER": blender,
                "BRENDER_POOL": pool,
                "BRENDER_ROOTS": roots or self.env["BRENDER_ROOTS"],
                "FAKE_BLENDER": json.dumps(behaviour),
            },
        )
        wait_for(lambda: self.node(name).online, f"node {name} is online\n{self.log(name)}")

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    def pid(self, name: str) -> int:
        return self.processes[name].pid

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to the process itself, not to its children; wait for its end if it dies."""
        process = self.processes[name]
        process.send_signal(number)
        if number == signal.SIGKILL:
            process.wait()

    def end(self, name: str, limit_s: float = 30.0) -> int:
        """Ask a process to end and return its exit status."""
        process = self.processes.pop(name)
        process.terminate()
        return process.wait(limit_s)

    def restart(self, name: str) -> None:
        """Start a process that has ended once more, as it was started before."""
        old = self.processes[name]
        assert old.poll() is not None
        self._spawn(name, list(old.args), self._environments[name])  # type: ignore[arg-type]

    def stop(self) -> None:
        """End every process, and whatever it started."""
        children = [
            child for process in self.processes.values() for child in _children(process.pid)
        ]
        order = sorted(self.processes, key=lambda name: name in ("scheduler", "broker"))
        for name in order:
            process = self.processes[name]
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for name in order:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.processes[name].wait(10)
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        with self.core.app_context():
            db.engine.dispose()

    def blend(self, name: str = "tiny.blend", **behaviour: Any) -> Path:
        """Put a scene under the farm's root; `behaviour` tells the fake Blender about it."""
        target = self.folder / "scenes" / f"{len(list(self.folder.glob('scenes/*')))}-{name}"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes((DATA / name).read_bytes())
        if behaviour:
            Path(f"{target}.fake.json").write_text(json.dumps(behaviour))
        return target

    def submit(self, blend: Path, **request: Any) -> int:
        with self.core.app_context():
            asked = ShotRequest(blend=str(blend), **request)
            return submit(asked, submitter=request.pop("submitter", "tests")).shot.id

    def shot(self, shot_id: int) -> ShotDetail:
        with self.core.app_context():
            return shots.get_shot(shot_id)

    def act(self, shot_id: int, action: str) -> None:
        with self.core.app_context():
            shots.act_on_shot(shot_id, action, actor="tests")

    def node(self, name: str) -> NodeRow:
        with self.core.app_context():
            found = [row for row in nodes.list_nodes().rows if row.name == name]
        return found[0] if found else _NO_NODE

    def wait_until_over(self, shot_id: int, *, limit_s: float = 60.0) -> ShotDetail:
        """Wait until the shot is completed, failed, cancelled or has paused itself."""
        wait_for(
            lambda: self.shot(shot_id).row.state in OVER,
            f"shot {shot_id} is over: {self.shot(shot_id).row}",
            limit_s=limit_s,
        )
        return self.shot(shot_id)

    def wait_for_frames(self, shot_id: int, count: int, *, limit_s: float = 60.0) -> None:
        wait_for(
            lambda: self.shot(shot_id).row.done_count >= count,
            f"shot {shot_id} has {count} frames",
            limit_s=limit_s,
        )

    def files(self, shot_id: int) -> list[str]:
        """Return the names in the shot's output folder, the farm's own folder left out."""
        folder = Path(self.shot(shot_id).output_dir)
        return sorted(entry.name for entry in folder.iterdir() if entry.name != ".brender")

    def drafts(self, shot_id: int) -> list[str]:
        """Return the folders of unproven frames that are left."""
        folder = Path(self.shot(shot_id).output_dir) / ".brender"
        return sorted(entry.name for entry in folder.iterdir() if entry.name != "logs")

    def run(self, *args: str, limit_s: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Run the real `brender` command with this farm's environment."""
        return subprocess.run(
            [sys.executable, "-m", "brender_farm.cli", *args],
            env=self.env,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=limit_s,
            check=False,
        )

    @property
    def _environments(self) -> dict[str, dict[str, str]]:
        return self.__dict__.setdefault("_envs", {})

    def _start(self, name: str, command: str, extra: dict[str, str]) -> None:
        argv = [sys.executable, "-m", "brender_farm.cli", command]
        self._environments[name] = self.env | extra
        self._spawn(name, argv, self.env | extra)

    def _spawn(self, name: str, argv: list[str], env: dict[str, str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                argv,
                env=env,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


class _NoNode:
    online = False
    accepting = False


_NO_NODE: Any = _NoNode()


def _children(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


@contextlib.contextmanager
def running_farm(folder: Path, *parts: str, **env: str) -> Iterator[Farm]:
    """Run broker, scheduler and `parts` while the block runs."""
    farm = Farm(folder, dict(env))
    try:
        farm.start("broker", "scheduler", *parts)
        yield farm
    finally:
        farm.stop()
