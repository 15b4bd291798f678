"""What an idle farm costs: the share of one core that each part uses over 20 s.

The node is warm: its Blender waits. Nothing is submitted and no page is open.
"""

from __future__ import annotations

import time

from tests.benchmarks.farm import cpu_s, family, private_farm
from tests.benchmarks.figures import Figure

ROUNDS = 1
SECONDS = 20.0


def measure(rounds: int) -> list[Figure]:
    found: dict[str, list[float]] = {}
    with private_farm(BRENDER_WARM="yes") as farm:
        for _ in range(rounds):
            trees = {name: family(process) for name, process in farm.processes().items()}
            before = {name: sum(map(cpu_s, tree)) for name, tree in trees.items()}
            time.sleep(SECONDS)
            for name, tree in trees.items():
                used = sum(map(cpu_s, tree)) - before[name]
                found.setdefault(name, []).append(used / SECONDS * 100)
    return [
        Figure(name=f"idle_cpu: {name}", unit="% of a core", values=values)
        for name, values in found.items()
    ]
