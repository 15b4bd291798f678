"""How busy the graphics cards are, by NVIDIA's management library where its driver is.

A driver can take a second to answer, or hang: it is asked on a thread of its own, and a heartbeat
takes what was said last. What does not answer any more has no figures.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

INTERVAL_S = 2.0
STALE_S = 10.0
"""What was said longer ago says nothing of now."""
_SIGNS = ("/proc/driver/nvidia", "/dev/nvidiactl", "/dev/dxg")
"""What the driver shows of itself on Linux, and on Linux inside Windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFigures:
    """All cards together; None where they cannot tell."""

    busy_pct: float | None = None
    """Of the busiest."""
    memory_used_bytes: int | None = None
    memory_total_bytes: int | None = None
    temperature_c: float | None = None
    """Of the hottest."""


class CardWatch(threading.Thread):
    """Asks the cards every two seconds, until the process ends; rests where there are none."""

    def __init__(self) -> None:
        super().__init__(name="cards", daemon=True)
        self._stopping = threading.Event()
        self._last: tuple[float, CardFigures] | None = None

    def figures(self) -> CardFigures:
        """Return what was said last, if that was not long ago."""
        last = self._last
        if last is None or time.monotonic() - last[0] > STALE_S:
            return CardFigures()
        return last[1]

    def run(self) -> None:
        if not may_have_nvidia():
            return
        try:
            import pynvml  # only here: 5 MB that most nodes need not have

            pynvml.nvmlInit()
            cards = [
                pynvml.nvmlDeviceGetHandleByIndex(index)
                for index in range(pynvml.nvmlDeviceGetCount())
            ]
        except Exception as error:  # noqa: BLE001 - whatever the library or the driver has
            log.info("The graphics cards have no figures.", extra={"error": str(error)})
            return
        while cards and not self._stopping.is_set():
            self._last = (time.monotonic(), figures_of(pynvml, cards))
            self._stopping.wait(INTERVAL_S)

    def stop(self) -> None:
        self._stopping.set()


def may_have_nvidia() -> bool:
    """Tell whether it is worth loading NVIDIA's library."""
    return sys.platform == "win32" or any(Path(sign).exists() for sign in _SIGNS)


def figures_of(library: Any, cards: Sequence[Any]) -> CardFigures:
    """Return the figures of these cards (handles of `pynvml`); what one refuses is left out."""
    busy = _each(cards, lambda card: float(library.nvmlDeviceGetUtilizationRates(card).gpu))
    memory = _each(cards, library.nvmlDeviceGetMemoryInfo)
    warmth = _each(cards, lambda card: float(library.nvmlDeviceGetTemperature(card, 0)))
    return CardFigures(
        busy_pct=max(busy, default=None),
        memory_used_bytes=sum(int(each.used) for each in memory) if memory else None,
        memory_total_bytes=sum(int(each.total) for each in memory) if memory else None,
        temperature_c=max(warmth, default=None),
    )


def _each(cards: Sequence[Any], ask: Any) -> list[Any]:
    found = []
    for card in cards:
        try:
            found.append(ask(card))
        except Exception:  # noqa: BLE001, S112 - some cards do not know some figures
            continue
    return found
