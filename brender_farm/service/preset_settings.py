"""What a preset may set, understood or refused as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from brender_farm.domain.formats import FORMATS
from brender_farm.errors import Fault
from brender_farm.service import render_values as values
from brender_farm.service.gathering import Gatherer
from brender_farm.service.limits import shown
from brender_farm.service.needs import read_device
from brender_farm.service.render_fit import engine_misfits, format_misfits

_READERS: dict[str, Callable[[Any], object]] = {
    "width": lambda value: values.read_pixels("width", value),
    "height": lambda value: values.read_pixels("height", value),
    "percentage": values.read_percentage,
    "engine": values.read_engine,
    "samples": values.read_samples,
    "denoise": values.read_denoise,
    "device": read_device,
    "format": values.read_format,
    "color_depth": values.read_color_depth,
    "quality": values.read_quality,
    "compression": values.read_compression,
    "exr_codec": values.read_exr_codec,
}
SETTINGS = tuple(_READERS)
"""What a preset may set: cameras and view layers are each file's own."""


def read_settings(asked: Mapping[str, Any], good: Gatherer) -> dict[str, Any]:
    """Return what is set, in a fixed order; each fault goes to `good`."""
    for name in asked:
        if name not in _READERS:
            good(_unknown(name))
    found: dict[str, Any] = {}
    for name, read in _READERS.items():
        value = good(read(asked.get(name)))
        if not values.is_empty(value):
            found[name] = value
    _check_size(asked, good)
    misfits = engine_misfits(found["engine"], found) if "engine" in found else []
    if "format" in found:
        misfits += format_misfits(FORMATS[found["format"]], found)
    for fault in misfits:
        good(fault)
    return found


def _unknown(name: str) -> Fault:
    return Fault(
        field=name,
        message=f"{shown(name)} is nothing that a preset can set.",
        remedy=f"It can set {', '.join(SETTINGS)}.",
    )


def _check_size(asked: Mapping[str, Any], good: Gatherer) -> None:
    empty = [name for name in ("width", "height") if values.is_empty(asked.get(name))]
    if len(empty) == 1:
        good(
            Fault(
                field=empty[0],
                message="A preset sets both width and height, or neither.",
                remedy=f"Give the {empty[0]} too, or leave out the other.",
            )
        )
