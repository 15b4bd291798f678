"""Answering the farm's question how this machine is: its folders, its clock, its Blenders.

The command answers at once; the looking is done on a thread, one check at a time, beside whatever
the node renders.
"""

from __future__ import annotations

import logging
import platform
import shutil
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from redis import RedisError

from brender_farm.domain.path_mapping import System, system_of
from brender_farm.errors import FarmError
from brender_farm.version import VERSION
from brender_farm.wire_checkup import (
    MAX_BLENDERS,
    MAX_ROOTS,
    CheckupAnswer,
    CheckupOrder,
    FrameTried,
)
from workers.blender.locate import find_blenders
from workers.blender.prove import Prover
from workers.limits import is_short
from workers.root_check import look_at_roots
from workers.stats import machine_memory
from workers.trial import LIMIT_S, SHORT, Trials

if TYPE_CHECKING:
    from brender_farm.broker.board import Board
    from brender_farm.config import Settings
    from workers.blender.locate import BlenderInstall

log = logging.getLogger(__name__)

_CLOCK_PRECISION_S = 1.0
"""A broker that took longer to answer says too little about the time."""
_WAITING = 3
"""Checks that may wait for the one under way; more are refused."""


class Checkups:
    """The checks that a running node is asked for. Every method is safe from any thread."""

    def __init__(
        self,
        settings: Settings,
        installs: Sequence[BlenderInstall],
        prover: Prover,
        board: Board,
    ) -> None:
        self._settings = settings
        self._installs = installs
        self._board = board
        self._turn = threading.Lock()
        self._count_lock = threading.Lock()
        self._count = 0
        self._trials = make_trials(settings, prover, settings.node_dir / "checkup")

    def begin(self, order: CheckupOrder) -> bool:
        """Take an order and return at once; False: too many wait already."""
        with self._count_lock:
            if self._count > _WAITING:
                return False
            self._count += 1
        threading.Thread(target=self._run, args=(order,), name="checkup", daemon=True).start()
        return True

    def close(self) -> None:
        """End the test frame that is rendered, if one is."""
        self._trials.close()

    def _run(self, order: CheckupOrder) -> None:
        try:
            with self._turn:
                if self._is_late(order):
                    return  # this machine slept, or others were asked before
                answer = examine(
                    order,
                    self._settings,
                    lambda: self._installs,
                    self._trials,
                    clock_ahead_s=self._clock_ahead_s(),
                )
                self._board.answer_checkup(answer)
        except (RedisError, OSError) as error:
            log.info("A check could not be answered.", extra={"error": str(error)})
        except Exception:
            log.exception("A check failed in the node itself.")
        finally:
            with self._count_lock:
                self._count -= 1

    def _is_late(self, order: CheckupOrder) -> bool:
        return self._board.clock_s() - order.asked_at_s > order.limit_s

    def _clock_ahead_s(self) -> float | None:
        return clock_ahead_s(self._board)


def clock_ahead_s(board: Board, now: Callable[[], float] = time.time) -> float | None:
    """Return how far this machine's clock is ahead of the broker's, in seconds; None: unknown.

    Raises redis.RedisError.
    """
    asked_s = now()
    broker_s = board.clock_s()
    answered_s = now()
    if not 0 <= answered_s - asked_s < _CLOCK_PRECISION_S:
        return None
    return round((asked_s + answered_s) / 2 - broker_s, 2)


def make_trials(settings: Settings, prover: Prover, temp_root: Path) -> Trials:
    """Return what renders this machine's test frames, in a folder below `temp_root`."""
    return Trials(
        node_name=settings.node_name,
        prover=prover,
        temp_root=temp_root,
        is_short=lambda: is_short(machine_memory(), settings.memory_floor_pct),
    )


def examine_here(
    order: CheckupOrder, settings: Settings, temp_root: Path, board: Board | None
) -> CheckupAnswer:
    """Answer an order on a machine whose node does not run; `board` is None without a broker."""
    prover = Prover(node_name=settings.node_name)
    try:
        return examine(
            order,
            settings,
            lambda: find_blenders(settings.blender),
            make_trials(settings, prover, temp_root),
            clock_ahead_s=clock_ahead_s(board) if board is not None else None,
        )
    finally:
        prover.close()


def examine(
    order: CheckupOrder,
    settings: Settings,
    find_installs: Callable[[], Sequence[BlenderInstall]],
    trials: Trials,
    *,
    clock_ahead_s: float | None,
) -> CheckupAnswer:
    """Look at what an order asks for; whatever goes wrong stands in the answer."""
    system = system_of(platform.system()) or System.LINUX
    frames: list[FrameTried] = []
    blender_trouble = not_tried = ""
    roots = look_at_roots(order.roots, settings.roots, system)
    try:
        installs = list(find_installs())[:MAX_BLENDERS]
    except FarmError as error:
        installs, blender_trouble = [], str(error)[:2000]
    if order.render and installs:
        if trials.may_begin():
            frames = trials.try_all(installs, limit_s=min(LIMIT_S, order.limit_s))
        else:
            not_tried = SHORT
    return CheckupAnswer(
        checkup=order.checkup,
        node=settings.node_name,
        hostname=socket.gethostname()[:200],
        os=f"{platform.system()} {platform.release()}"[:200],
        brender=VERSION,
        python=platform.python_version(),
        clock_ahead_s=clock_ahead_s,
        own_roots=[str(root) for root in settings.roots][:MAX_ROOTS],
        roots=roots,
        blenders=[install.version for install in installs],
        blender_trouble=blender_trouble,
        frames=frames,
        not_tried=not_tried,
        temp_free_bytes=_free(settings.node_dir),
    )


def _free(folder: Path) -> int | None:
    """Return the room on the disk of a folder that need not be there yet."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except OSError:
            continue
    return None
