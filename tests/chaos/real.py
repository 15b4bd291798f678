"""The drill with a real Blender: few frames, large enough to be struck while they render."""

from __future__ import annotations

from tests.chaos.schedule import FAULTS
from tests.chaos.work import Order

_LARGE = {"width": 960, "height": 540}

REAL_ORDERS = (
    Order(frames=12, chunk_size=1, more=_LARGE),
    Order(frames=12, chunk_size=3, more=_LARGE),
)
REAL_FAULTS = tuple(fault for fault in FAULTS if not fault.needs_fake)
