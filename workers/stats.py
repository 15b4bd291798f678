"""The machine's figures. This module is the only reader of psutil's system-wide part."""

from __future__ import annotations

import os
import platform
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from brender_farm import wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The machine's memory now."""

    available_bytes: int
    """What can be had without swapping."""
    total_bytes: int


def machine_facts(
    blender_versions: Sequence[str], tags: Sequence[str] = (), pool: str = ""
) -> wire.MachineFacts:
    """Return what the machine is, but for its graphics cards: Blender knows those."""
    return wire.MachineFacts(
        hostname=socket.gethostname(),
        os=f"{platform.system()} {platform.release()}",
        cpu_count=os.cpu_count() or 1,
        memory_bytes=psutil.virtual_memory().total,
        blender_versions=list(blender_versions),
        tags=list(tags),
        pool=pool,
    )


def machine_memory() -> Memory:
    """Return how much memory the machine has left; costs about 0.1 ms."""
    memory = psutil.virtual_memory()
    return Memory(available_bytes=memory.available, total_bytes=memory.total)


def machine_sample(disk_of: Path) -> wire.MachineSample:
    """Return the machine's figures now; CPU is the share since the last call."""
    memory = psutil.virtual_memory()
    free, total = _disk(disk_of)
    return wire.MachineSample(
        cpu_pct=psutil.cpu_percent(interval=None),
        load_1=psutil.getloadavg()[0],
        memory_used_bytes=memory.total - memory.available,
        memory_total_bytes=memory.total,
        swap_used_bytes=psutil.swap_memory().used,
        disk_free_bytes=free,
        disk_total_bytes=total,
    )


def _disk(path: Path) -> tuple[int | None, int | None]:
    try:
        usage = psutil.disk_usage(str(path))
    except OSError:
        return None, None
    return usage.free, usage.total
