"""Render settings in words, for pages and the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from brender_farm.wire import RenderChanges, write

ENGINE_WORDS = {"CYCLES": "Cycles", "EEVEE": "EEVEE", "WORKBENCH": "Workbench"}


def settings_of(changes: RenderChanges) -> dict[str, Any]:
    """Return what is changed as the fields of a request that ask for it, and nothing else."""
    return {name: value for name, value in write(changes).items() if value not in (None, "", [])}


def in_words(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Write settings, by the fields of a request that ask for them, as short phrases."""
    phrases = [*_size(settings)]
    for name, phrase in _PHRASES.items():
        value = settings.get(name)
        if value not in (None, "", []):
            phrases.append(phrase(value))
    return tuple(phrases)


def _size(settings: Mapping[str, Any]) -> Iterator[str]:
    share = settings.get("percentage")
    if not settings.get("width"):
        if share:
            yield f"{share} % of the resolution"
        return
    size = f"{settings['width']} × {settings['height']}"
    yield f"{share} % of {size}" if share and share != 100 else size


def _layers(names: list[str]) -> str:
    if len(names) == 1:
        return f"only the view layer {names[0]}"
    return f"only the view layers {', '.join(names[:-1])} and {names[-1]}"


_PHRASES: dict[str, Callable[[Any], str]] = {
    "engine": lambda name: ENGINE_WORDS.get(name, name),
    "samples": lambda count: f"{count:,} sample{'s' if count != 1 else ''}",
    "denoise": lambda wanted: "denoised" if wanted else "not denoised",
    "camera": lambda name: f"the camera {name}",
    "view_layers": _layers,
    "format": lambda name: f"saved as {name}",
    "color_depth": lambda bits: f"{bits} bits a channel",
    "quality": lambda quality: f"quality {quality}",
    "compression": lambda share: f"compression {share} %",
    "exr_codec": lambda name: "EXR without compression" if name == "NONE" else f"EXR codec {name}",
    "device": lambda device: f"on the {device.upper()}",
}
