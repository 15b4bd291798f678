"""The single render settings of a submission or a preset: each understood or refused.

None, or no text, leaves a thing as the scene says. Whether a value goes with the scene and the
format is for `render_changes` to say.
"""

from __future__ import annotations

from typing import Literal, cast, get_args

from brender_farm.domain.formats import EXR_CODECS, FORMATS, find_format
from brender_farm.errors import Fault
from brender_farm.service.limits import number_within, shown

Engine = Literal["", "CYCLES", "EEVEE", "WORKBENCH"]
Depth = Literal["", "8", "10", "12", "16", "32"]

ENGINES: tuple[Engine, ...] = ("CYCLES", "EEVEE", "WORKBENCH")
PIXELS = (4, 65_536)
_PERCENTAGES = (1, 1000)
_SAMPLES = (1, 1_000_000)
_QUALITIES = (1, 100)
_COMPRESSIONS = (0, 100)
_YES, _NO = ("yes", "on", "true", "1"), ("no", "off", "false", "0")


def is_empty(value: object) -> bool:
    """Whether a field asks for nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def find_engine(name: str) -> Engine:
    """Return the farm's name for an engine, whichever of its names is given; empty: none."""
    plain = name.strip().upper().removeprefix("BLENDER_").removesuffix("_NEXT")
    return next((engine for engine in ENGINES if engine == plain), "")


def read_engine(name: str | None) -> Engine | Fault:
    if is_empty(name):
        return ""
    return find_engine(str(name)) or Fault(
        field="engine",
        message=f"{shown(name)} is not an engine that can be asked for.",
        remedy=f"Choose one of {', '.join(ENGINES)}, or nothing for the scene's own.",
    )


def read_percentage(value: float | str | None) -> int | Fault | None:
    return _whole("percentage", value, _PERCENTAGES, "a percentage of the resolution")


def read_samples(value: float | str | None) -> int | Fault | None:
    return _whole("samples", value, _SAMPLES, "a number of samples")


def read_quality(value: float | str | None) -> int | Fault | None:
    return _whole("quality", value, _QUALITIES, "a quality")


def read_compression(value: float | str | None) -> int | Fault | None:
    return _whole("compression", value, _COMPRESSIONS, "a compression in percent")


def read_pixels(field: str, value: float | str | None) -> int | Fault | None:
    """Understand a width or a height."""
    return _whole(field, value, PIXELS, f"a {field} in pixels")


def read_denoise(value: bool | str | None) -> bool | Fault | None:
    if value is None or isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in ("", *_YES, *_NO):
        return word in _YES if word else None
    return Fault(
        field="denoise",
        message=f"{shown(value)} is neither yes nor no.",
        remedy="Say yes or no, or nothing for what the scene says.",
    )


def read_color_depth(value: int | str | None) -> Depth | Fault:
    text = str(value if value is not None else "").strip()
    if text in get_args(Depth):
        return cast("Depth", text)
    known = sorted({depth for fmt in FORMATS.values() for depth in fmt.depths}, key=int)
    return Fault(
        field="color_depth",
        message=f"{shown(value)} is not a number of bits a channel.",
        remedy=f"Choose one of {', '.join(known)}; each format offers some of them.",
    )


def read_exr_codec(name: str | None) -> str | Fault:
    text = (name or "").strip().upper()
    if text in ("", *EXR_CODECS):
        return text
    return Fault(
        field="exr_codec",
        message=f"{shown(name)} is not a way to compress EXR.",
        remedy=f"Choose one of {', '.join(EXR_CODECS)}.",
    )


def read_format(name: str | None) -> str | Fault:
    """Return the farm's name of a format; empty: the scene's own."""
    if is_empty(name):
        return ""
    found = find_format(str(name))
    if found is not None:
        return found.name
    return Fault(
        field="format",
        message=f"{shown(name)} is not a format this farm renders.",
        remedy=f"Choose one of {', '.join(FORMATS)}.",
    )


def _whole(
    field: str, value: float | str | None, bounds: tuple[int, int], what: str
) -> int | Fault | None:
    if is_empty(value):
        return None
    number = number_within(value, *bounds)
    if number is not None and number == int(number):
        return int(number)
    low, high = bounds
    return Fault(
        field=field,
        message=f"{shown(value)} is not {what}.",
        remedy=f"Give a whole number from {low:,} to {high:,}, or nothing for what the scene says.",
    )
