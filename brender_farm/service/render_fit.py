"""Which render settings go with an engine and with an image format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brender_farm.domain.formats import HALF_CODECS, LOSSY_CODECS, ImageFormat
from brender_farm.errors import Fault

SAMPLED = ("CYCLES", "EEVEE")
"""Engines that have a number of samples."""


def engine_misfits(engine: str, asked: Mapping[str, Any]) -> list[Fault]:
    """Return a fault for what this engine does not have; not to denoise is possible with any."""
    faults = []
    if asked.get("samples") is not None and engine not in SAMPLED:
        faults.append(
            Fault(
                field="samples",
                message=f"{engine} has no number of samples.",
                remedy=f"Leave it out, or choose the engine {' or '.join(SAMPLED)}.",
            )
        )
    if asked.get("denoise") and engine != "CYCLES":
        faults.append(
            Fault(
                field="denoise",
                message=f"{engine} does not denoise.",
                remedy="Leave it out, or choose the engine CYCLES.",
            )
        )
    return faults


def format_misfits(fmt: ImageFormat, asked: Mapping[str, Any]) -> list[Fault]:
    """Return a fault for each detail that files of this format do not have.

    Details are color_depth, quality, compression and exr_codec.
    """
    found = {
        "color_depth": _depth_fault(fmt, asked),
        "quality": _quality_fault(fmt, asked),
        "compression": _compression_fault(fmt),
        "exr_codec": _codec_fault(fmt, asked),
    }
    return [fault for name, fault in found.items() if fault and asked.get(name) not in (None, "")]


def _depth_fault(fmt: ImageFormat, asked: Mapping[str, Any]) -> Fault | None:
    if asked.get("color_depth") in fmt.depths:
        return None
    return Fault(
        field="color_depth",
        message=f"{fmt.name} cannot have {asked.get('color_depth')} bits a channel.",
        remedy=f"Choose {' or '.join(fmt.depths)}, or another format.",
    )


def _quality_fault(fmt: ImageFormat, asked: Mapping[str, Any]) -> Fault | None:
    if fmt.has_quality or (fmt.codecs and asked.get("exr_codec") in LOSSY_CODECS):
        return None
    if fmt.codecs:
        what, choice = f"{fmt.name} without a lossy codec", f"the codec {' or '.join(LOSSY_CODECS)}"
    else:
        what, choice = fmt.name, "JPEG or WEBP"
    return Fault(
        field="quality",
        message=f"{what} loses nothing, so it has no quality.",
        remedy=f"Leave it out, or choose {choice}.",
    )


def _compression_fault(fmt: ImageFormat) -> Fault | None:
    if fmt.has_compression:
        return None
    return Fault(
        field="compression",
        message=f"{fmt.name} has no compression in percent.",
        remedy="Leave it out, or choose PNG.",
    )


def _codec_fault(fmt: ImageFormat, asked: Mapping[str, Any]) -> Fault | None:
    codec = asked.get("exr_codec")
    if codec not in fmt.codecs:
        return Fault(
            field="exr_codec",
            message=f"{fmt.name} cannot be compressed with an EXR codec.",
            remedy="Leave it out, or choose EXR.",
        )
    if codec in HALF_CODECS and asked.get("color_depth") != "16":
        return Fault(
            field="exr_codec",
            message=f"{codec} needs 16 bits a channel.",
            remedy="Ask for a color_depth of 16 too, or choose another codec.",
        )
    return None
