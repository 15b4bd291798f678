"""The machine's figures. This module is the only reader of psutil's system-wide part."""

from __future__ import annotations

import os
import platform
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from brender_farm import wire
from brender_farm.version import VERSION
from workers.cards import CardFigures

if TYPE_CHECKING:
    from collections.abc import Callable

TEMPERATURE_EVERY_S = 10.0
"""How often sensors are asked: some of a big machine's take milliseconds to answer."""
_SHORTEST_S = 1.0
"""Over less time the network's rates would be noise."""
_PROCESSOR_CHIPS = ("coretemp", "k10temp", "zenpower", "cpu", "soc", "acpitz")
"""Beginnings of what Linux calls the sensors of processors; the last only where no other is."""
_COUNTED_ELSEWHERE = ("lo", "veth", "docker", "br-", "virbr", "tap")
"""Beginnings of the names of interfaces whose bytes stay inside, or pass a real one as well."""


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
        brender=VERSION,
    )


def machine_memory() -> Memory:
    """Return how much memory the machine has left; costs about 0.1 ms."""
    memory = psutil.virtual_memory()
    return Memory(available_bytes=memory.available, total_bytes=memory.total)


class Gauges:
    """Reads the machine's figures again and again; costs about half a millisecond."""

    def __init__(self, disk_of: Path, cards: Callable[[], CardFigures] = CardFigures) -> None:
        """Watch the disk that `disk_of` lies on; `cards` says how the graphics cards are."""
        self._disk_of = disk_of
        self._cards = cards
        self._network = _Network()
        self._temperature = _Temperature()

    def read(self) -> wire.MachineSample:
        """Return the figures now; CPU and network are what they were since the last call."""
        memory = psutil.virtual_memory()
        free, total = _disk(self._disk_of)
        bytes_in, bytes_out = self._network.rates(time.monotonic())
        cards = self._cards()
        return wire.MachineSample(
            cpu_pct=psutil.cpu_percent(interval=None),
            load_1=psutil.getloadavg()[0],
            memory_used_bytes=memory.total - memory.available,
            memory_total_bytes=memory.total,
            swap_used_bytes=psutil.swap_memory().used,
            disk_free_bytes=free,
            disk_total_bytes=total,
            net_in_bps=bytes_in,
            net_out_bps=bytes_out,
            temperature_c=self._temperature.hottest(time.monotonic()),
            gpu_pct=cards.busy_pct,
            gpu_memory_used_bytes=cards.memory_used_bytes,
            gpu_memory_total_bytes=cards.memory_total_bytes,
            gpu_temperature_c=cards.temperature_c,
        )


class _Network:
    """Bytes a second over the interfaces that lead outside."""

    def __init__(self) -> None:
        self._before: tuple[float, dict[str, Any]] | None = None
        self._rates: tuple[float | None, float | None] = (None, None)

    def rates(self, now_s: float) -> tuple[float | None, float | None]:
        """Return what came in and went out lately; None before the second call.

        Heartbeats in a hurry follow each other too soon to tell: they get the same once more.
        """
        if self._before is None or now_s - self._before[0] >= _SHORTEST_S:
            try:
                counters = psutil.net_io_counters(pernic=True)
            except (OSError, RuntimeError, psutil.Error):
                return None, None
            if self._before is not None:
                self._rates = rates_between(self._before[1], counters, now_s - self._before[0])
            self._before = (now_s, counters)
        return self._rates


def rates_between(old: dict[str, Any], new: dict[str, Any], seconds: float) -> tuple[float, float]:
    """Return bytes a second in and out between two looks at psutil's counters by interface.

    An interface that came, or counts from 0 again, has brought nothing.
    """
    both = [
        (old[name], new[name])
        for name in new.keys() & old.keys()
        if not name.lower().startswith(_COUNTED_ELSEWHERE)
    ]
    return (
        sum(max(0, now.bytes_recv - was.bytes_recv) for was, now in both) / seconds,
        sum(max(0, now.bytes_sent - was.bytes_sent) for was, now in both) / seconds,
    )


class _Temperature:
    """The processor's hottest sensor, asked now and then."""

    def __init__(self) -> None:
        self._asked_s = -TEMPERATURE_EVERY_S
        self._hottest: float | None = None

    def hottest(self, now_s: float) -> float | None:
        """Return the temperature in degrees Celsius, of up to 10 s ago; None: it has no sensor."""
        if now_s - self._asked_s >= TEMPERATURE_EVERY_S:
            self._asked_s = now_s
            self._hottest = hottest_of(_sensors())
        return self._hottest


def hottest_of(sensors: dict[str, list[Any]]) -> float | None:
    """Return the highest temperature of the processor, by psutil's sensors: chip → readings."""
    for chips in (_PROCESSOR_CHIPS[:-1], _PROCESSOR_CHIPS[-1:]):
        found = [
            reading.current
            for chip, readings in sensors.items()
            if chip.lower().startswith(chips)
            for reading in readings
            if reading.current is not None and 0 < reading.current < 200  # others are broken
        ]
        if found:
            return float(max(found))
    return None


def _sensors() -> dict[str, list[Any]]:
    ask = getattr(psutil, "sensors_temperatures", None)  # Linux and FreeBSD have it
    try:
        return ask() if ask is not None else {}
    except Exception:  # noqa: BLE001 - a driver may answer anything; no figure is worth a beat
        return {}


def _disk(path: Path) -> tuple[int | None, int | None]:
    try:
        usage = psutil.disk_usage(str(path))
    except OSError:
        return None, None
    return usage.free, usage.total
