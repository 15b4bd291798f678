"""The plots of a node's page: which figures, in which unit, up to what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from brender_farm.service.node_history import NodeHistory
from dashboard.plots import Unit


def _as_it_comes(_history: NodeHistory) -> float | None:
    return None


def _hundred(_history: NodeHistory) -> float | None:
    return 100.0


def _all_memory(history: NodeHistory) -> float | None:
    return history.memory_bytes or None


def _all_slots(history: NodeHistory) -> float | None:
    return history.slots


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePlot:
    """One plot; each line is a label, a field of PastStep and a tone."""

    title: str
    unit: Unit
    lines: tuple[tuple[str, str, str], ...]
    top: Callable[[NodeHistory], float | None] = _as_it_comes
    always: bool = True
    """Whether it is shown though the machine never told its figure."""


PLOTS = {
    "cpu": NodePlot(
        title="Processor",
        unit="pct",
        lines=(("CPU", "cpu_pct", "rendering"),),
        top=_hundred,
    ),
    "slots": NodePlot(
        title="Busy slots",
        unit="count",
        lines=(("Busy", "busy_slots", "accent"),),
        top=_all_slots,
    ),
    "memory": NodePlot(
        title="Memory",
        unit="bytes",
        lines=(("Used", "memory_used_bytes", "done"),),
        top=_all_memory,
    ),
    "network": NodePlot(
        title="Network",
        unit="bytes_per_s",
        lines=(("In", "net_in_bps", "rendering"), ("Out", "net_out_bps", "accent")),
    ),
    "gpu": NodePlot(
        title="Graphics card",
        unit="pct",
        lines=(("GPU", "gpu_pct", "rendering"),),
        top=_hundred,
        always=False,
    ),
    "gpu-memory": NodePlot(
        title="Memory of the graphics cards",
        unit="bytes",
        lines=(("Used", "gpu_memory_used_bytes", "done"),),
        always=False,
    ),
    "temperature": NodePlot(
        title="Temperature of the processor",
        unit="celsius",
        lines=(("CPU", "temperature_c", "failed"),),
        always=False,
    ),
    "disk": NodePlot(
        title="Free disk",
        unit="bytes",
        lines=(("Free", "disk_free_bytes", "meter"),),
    ),
}


def shown_plots(history: NodeHistory) -> dict[str, NodePlot]:
    """Return the plots that have something to show, or always are there."""
    return {
        key: each
        for key, each in PLOTS.items()
        if each.always
        or any(
            getattr(step, field) is not None for step in history.steps for _, field, _ in each.lines
        )
    }
