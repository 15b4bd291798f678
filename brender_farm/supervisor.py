"""The farm's processes on one machine: started together, mended, ended in order.

Each child leads a process group of its own and is told to end when this process vanishes (Linux).
Its output goes to `<data>/logs/<name>.log`, which is kept below a limit.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path

PROCESSES = ("broker", "web", "scheduler", "worker", "flower")
"""Each is started as `brender <name>`, here and in the Procfile."""
_STOP_ORDER = ("flower", "web", "worker", "scheduler", "broker")
"""A node's last reports need the scheduler, and every message needs the broker."""

STOP_GRACE_S = {"broker": 5.0}
_GRACE_S = 3.0
_AFTER_NODES_GRACE_S = 4.0
"""A node kills its renders and delivers its last reports after its own grace time."""
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_HEALTHY_S = 20.0
_LOG_BYTES = 5_000_000
_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process of the farm, in whichever of its starts."""

    name: str
    log_path: Path
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    pause_s: float = _FIRST_PAUSE_S
    restart_at_s: float | None = None
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=15))

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts, watches and ends the farm's processes. `tell` gets a sentence about what happens."""

    def __init__(
        self,
        log_dir: Path,
        *,
        tell: Callable[[str], None],
        names: Sequence[str] = PROCESSES,
        node_grace_s: float = 10.0,
    ) -> None:
        """`node_grace_s` is how long a node lets its frames finish."""
        self._stop_grace_s = STOP_GRACE_S | {"worker": node_grace_s + _AFTER_NODES_GRACE_S}
        log_dir.mkdir(parents=True, exist_ok=True)
        self._tell = tell
        self._children = {name: Child(name, log_dir / f"{name}.log") for name in names}

    def start(self) -> None:
        """Start every process. Call it, and `look`, from the main thread."""
        for child in self._children.values():
            self._start(child)

    def look(self) -> None:
        """Notice what ended and start it again, after a pause that grows with each fall."""
        now = time.monotonic()
        for child in self._children.values():
            if child.is_running:
                continue
            if child.restart_at_s is None:
                self._plan_restart(child, now)
            elif now >= child.restart_at_s:
                self._start(child)

    def stop(self) -> None:
        """End every process and all it started: politely, then for certain."""
        for name in _STOP_ORDER:
            child = self._children.get(name)
            if child is not None and child.process is not None:
                _end(child.process, self._stop_grace_s.get(name, _GRACE_S))

    def running(self) -> dict[str, int]:
        """Return the pid of every process that runs, by name."""
        return {
            name: child.process.pid
            for name, child in self._children.items()
            if child.process is not None and child.is_running
        }

    def _plan_restart(self, child: Child, now: float) -> None:
        assert child.process is not None
        if now - child.started_s > _HEALTHY_S:
            child.pause_s = _FIRST_PAUSE_S
        child.restart_at_s = now + child.pause_s
        words = "".join(f"\n    {line}" for line in list(child.last_lines)[-4:])
        self._tell(
            f"{child.name} ended ({_how(child.process.returncode)}); starting it again in "
            f"{child.pause_s:g} s. Its log: {child.log_path}{words}"
        )
        child.pause_s = min(child.pause_s * 2, _LONGEST_PAUSE_S)

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            [sys.executable, "-m", "brender_farm.cli", child.name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
        )
        child.started_s, child.restart_at_s = time.monotonic(), None
        threading.Thread(target=_keep_log, args=(child, child.process), daemon=True).start()


def _keep_log(child: Child, process: subprocess.Popen[bytes]) -> None:
    handler = RotatingFileHandler(child.log_path, maxBytes=_LOG_BYTES, backupCount=2)
    assert process.stdout is not None
    with contextlib.closing(handler):
        for line in process.stdout:
            text = line.decode("utf-8", "replace").rstrip()
            child.last_lines.append(text)
            handler.emit(logging.makeLogRecord({"msg": text}))


def _end(process: subprocess.Popen[bytes], grace_s: float) -> None:
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace_s)
    # The group outlives its leader when a child of it was left behind.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit status {code}"


def _die_with_parent() -> None:
    """Run in the child, between fork and exec: SIGTERM when the supervisor's main thread ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
