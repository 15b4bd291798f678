"""What an idle farm without Blender holds in memory, process by process.

Resident memory (RSS) of each part with all that it started, and, where the system tells, the
proportional (PSS: shared pages divided between those that share them) and the private part (USS).
MB are millions of bytes.
"""

from __future__ import annotations

import contextlib

import psutil

from tests.benchmarks.farm import family, private_farm
from tests.benchmarks.figures import Figure

ROUNDS = 1
NODE_TARGET_MB = 90.0


def measure(rounds: int) -> list[Figure]:
    found: dict[str, list[dict[str, float]]] = {}
    for _ in range(rounds):
        with private_farm(BRENDER_WARM="no") as farm:
            for name, process in farm.processes().items():
                found.setdefault(name, []).append(_memory_mb(process))
    return [_figure(name, sizes) for name, sizes in found.items()]


def _figure(name: str, sizes: list[dict[str, float]]) -> Figure:
    others = [f"{kind} {size:.0f}" for kind, size in sizes[-1].items() if kind != "rss"]
    return Figure(
        name=f"memory: {name}",
        unit="MB",
        values=[size["rss"] for size in sizes],
        target=NODE_TARGET_MB if name == "worker" else None,
        note=", ".join(others),
    )


def _memory_mb(process: psutil.Process) -> dict[str, float]:
    total: dict[str, float] = {}
    for member in family(process):
        info = member.memory_info()
        with contextlib.suppress(psutil.AccessDenied):
            info = member.memory_full_info()
        for kind in ("rss", "pss", "uss"):
            if hasattr(info, kind):
                total[kind] = total.get(kind, 0.0) + getattr(info, kind) / 1e6
    return total
