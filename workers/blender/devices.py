"""What Cycles renders on: which graphics cards there are, and the choice between them and the CPU.

Runs inside Blender, loaded by `inside.py`.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workers.blender.protocol import Refusal
else:
    from brender_protocol import Refusal

WAYS = ("OPTIX", "CUDA", "HIP", "METAL", "ONEAPI")
"""Cycles' ways to a graphics card, the faster first where a card has two."""
NO_GPU = "This node has no GPU that Cycles can use."


class Devices:
    """The cards of this machine as Cycles sees them, and Blender's preferences about them."""

    def __init__(self, cycles: Any) -> None:
        """Take the preferences of Cycles; None: a Blender without it."""
        self._cycles = cycles
        self._found: str | None = None
        self._before: tuple[str, dict[str, bool]] | None = None

    def names(self) -> list[str]:
        """Return the cards that Cycles can render on, by name."""
        return [card.name for card in self._cards(self._best_way())]

    def choose(self, wanted: str, scenes: list[Any]) -> None:
        """Have every Cycles scene of the file rendered on `cpu` or `gpu`; empty: as each says.

        Raises Refusal when there is no GPU.
        """
        self._put_back()
        scenes = [scene for scene in scenes if scene.render.engine == "CYCLES"]
        if not wanted or not scenes:
            return
        if wanted == "gpu":
            self._take_all_cards()
        for scene in scenes:
            scene.cycles.device = wanted.upper()

    def _take_all_cards(self) -> None:
        way = self._best_way()
        if not way:
            raise Refusal(NO_GPU, kind="device", permanent=False)
        cycles = self._cycles
        self._before = (
            cycles.compute_device_type,
            {device.id: device.use for device in cycles.devices},
        )
        cycles.compute_device_type = way
        for device in cycles.devices:  # the CPU beside them would slow the cards down
            device.use = device.type == way

    def _put_back(self) -> None:
        """Make the preferences what people set, for scenes that render as they say."""
        if self._before is None:
            return
        self._cycles.compute_device_type, used = self._before
        for device in self._cycles.devices:
            device.use = used.get(device.id, device.use)
        self._before = None

    def _best_way(self) -> str:
        if self._found is None:
            self._found = next((way for way in WAYS if self._cards(way)), "")
        return self._found

    def _cards(self, way: str) -> list[Any]:
        # A Blender built without this way refuses it, each version with an error of its own.
        with contextlib.suppress(Exception):
            devices = self._cycles.get_devices_for_type(way) if way else []
            return [device for device in devices if device.type == way]
        return []


def cycles_preferences(bpy: Any) -> Any:
    """Return what Blender's preferences say about Cycles; None in a Blender without it."""
    addon = bpy.context.preferences.addons.get("cycles")
    return addon.preferences if addon else None
