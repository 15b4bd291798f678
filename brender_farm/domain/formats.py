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
    depths: tuple[str, ...] = ("8",)
    """The bits a channel that it can have."""
    has_quality: bool = False
    """Whether it loses detail for smaller files, by a quality of 1 to 100."""
    has_compression: bool = False
    """Whether it can take longer for smaller files, by a compression of 0 to 100 %."""
    codecs: tuple[str, ...] = ()
    """The ways that Blender can compress it, by their names there."""


EXR_CODECS = ("NONE", "ZIP", "ZIPS", "PIZ", "DWAA", "DWAB", "RLE", "PXR24", "B44", "B44A")
LOSSY_CODECS = ("DWAA", "DWAB")
"""Those that a quality of 1 to 100 applies to."""
HALF_CODECS = ("B44", "B44A")
"""Those that Blender offers for 16 bits a channel only."""

FORMATS: dict[str, ImageFormat] = {
    fmt.name: fmt
    for fmt in (
        ImageFormat(
            name="PNG",
            blender_id="PNG",
            extension="png",
            depths=("8", "16"),
            has_compression=True,
        ),
        ImageFormat(name="JPEG", blender_id="JPEG", extension="jpg", has_quality=True),
        ImageFormat(
            name="EXR",
            blender_id="OPEN_EXR",
            extension="exr",
            floating=True,
            depths=("16", "32"),
            codecs=EXR_CODECS,
        ),
        ImageFormat(
            name="EXR_MULTILAYER",
            blender_id="OPEN_EXR_MULTILAYER",
            extension="exr",
            floating=True,
            depths=("16", "32"),
            codecs=EXR_CODECS,
        ),
        ImageFormat(name="TIFF", blender_id="TIFF", extension="tif", depths=("8", "16")),
        ImageFormat(name="WEBP", blender_id="WEBP", extension="webp", has_quality=True),
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
