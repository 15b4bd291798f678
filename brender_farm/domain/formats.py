"""The image formats a shot can be rendered in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFormat:
    """One format: the farm's name, Blender's identifier and the file extension."""

    name: str
    blender_id: str
    extension: str
    floating: bool = False
    """Whether pixels are floating point, so that NaN can occur."""


FORMATS: dict[str, ImageFormat] = {
    fmt.name: fmt
    for fmt in (
        ImageFormat(name="PNG", blender_id="PNG", extension="png"),
        ImageFormat(name="JPEG", blender_id="JPEG", extension="jpg"),
        ImageFormat(name="EXR", blender_id="OPEN_EXR", extension="exr", floating=True),
        ImageFormat(
            name="EXR_MULTILAYER", blender_id="OPEN_EXR_MULTILAYER", extension="exr", floating=True
        ),
        ImageFormat(name="TIFF", blender_id="TIFF", extension="tif"),
        ImageFormat(name="WEBP", blender_id="WEBP", extension="webp"),
        ImageFormat(name="TARGA", blender_id="TARGA", extension="tga"),
        ImageFormat(name="BMP", blender_id="BMP", extension="bmp"),
    )
}

DEFAULT_FORMAT = "PNG"

_ALIASES = {"JPG": "JPEG", "OPEN_EXR": "EXR", "OPENEXR": "EXR", "TIF": "TIFF", "TGA": "TARGA"} | {
    fmt.blender_id: fmt.name for fmt in FORMATS.values()
}


def find_format(name: str) -> ImageFormat | None:
    """Return the format with this name, Blender identifier or common alias, in any letter case."""
    key = name.strip().upper()
    return FORMATS.get(key) or FORMATS.get(_ALIASES.get(key, ""))
