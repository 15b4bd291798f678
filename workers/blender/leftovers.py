"""Ending what a node of the same name left behind when it died."""

from __future__ import annotations

import contextlib
import re

import psutil

from workers.blender.command import MARKER_VARIABLE

CREATE_TIME_TOLERANCE_S = 1.0
GONE_WITHIN_S = 5.0

_MARKER = re.compile(r"(.*):(\d+):(\d+\.\d+)", re.DOTALL)


def end_leftovers(node_name: str) -> int:
    """Kill every process that a dead node of this name started; return how many there were.

    Children normally end by themselves when their node's pipe closes; this finds the rest. The
    children of a living node are left alone, whatever its name.
    """
    left = [process for process in psutil.process_iter() if _is_leftover(process, node_name)]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=GONE_WITHIN_S)
    return len(left)


def _is_leftover(process: psutil.Process, node_name: str) -> bool:
    try:
        mark = process.environ().get(MARKER_VARIABLE, "")
    except (psutil.Error, OSError):
        return False  # gone, or another user's
    found = _MARKER.fullmatch(mark)
    if found is None or found[1] != node_name:
        return False
    return not _lives(int(found[2]), float(found[3]))


def _lives(pid: int, create_time: float) -> bool:
    try:
        found: float = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return False
    return abs(found - create_time) < CREATE_TIME_TOLERANCE_S
