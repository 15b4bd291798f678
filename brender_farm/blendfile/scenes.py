"""What each scene of a .blend says about its render."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from brender_farm.blendfile.blocks import BlockIndex, Record

_OB_CAMERA = 11
_MAX_PROPERTIES = 500

FILM_FORMATS = frozenset({"AVI_RAW", "AVI_JPEG", "FFMPEG"})
"""Formats that write one film instead of one file per frame."""

_FORMATS = {  # R_IMF_IMTYPE_* in Blender's DNA_scene_types.h
    0: "TARGA",
    1: "IRIS",
    4: "JPEG",
    14: "TARGA_RAW",
    15: "AVI_RAW",
    16: "AVI_JPEG",
    17: "PNG",
    20: "BMP",
    21: "HDR",
    22: "TIFF",
    23: "OPEN_EXR",
    24: "FFMPEG",
    26: "CINEON",
    27: "DPX",
    28: "OPEN_EXR_MULTILAYER",
    29: "DDS",
    30: "JPEG2000",
    31: "FFMPEG",  # H264, XVID and THEORA were formats of their own before Blender 2.8
    32: "FFMPEG",
    33: "FFMPEG",
    35: "WEBP",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneFacts:
    """One scene, as it was saved."""

    name: str
    frame_start: int
    frame_end: int
    frame_step: int
    fps: float
    engine: str
    """Blender's identifier, such as "CYCLES" or "BLENDER_EEVEE_NEXT"."""
    width: int
    """Before `percentage`."""
    height: int
    percentage: int
    format: str
    """Blender's identifier, such as "PNG" or "OPEN_EXR"; empty if unknown."""
    is_film: bool
    output: str
    """As written in the file: `//` means the .blend's own folder."""
    camera: str | None
    cameras: tuple[str, ...]
    view_layers: tuple[str, ...]
    samples: int | None
    """Cycles or EEVEE samples per pixel, None where the file does not store them."""


def read_scenes(index: BlockIndex) -> tuple[tuple[SceneFacts, ...], str | None]:
    """Return every scene, in the order of the file, and the name of the one Blender opens."""
    records = list(index.records(b"SC", b"Scene"))
    scenes = tuple(_read_scene(record) for record in records)
    opened = next((glob.pointer(b"curscene") for glob in index.records(*_GLOB)), 0)
    addresses = [record.block.address for record in records]
    if opened in addresses:
        return scenes, scenes[addresses.index(opened)].name
    return scenes, scenes[0].name if scenes else None


_GLOB = (b"GLOB", b"FileGlobal")


def _read_scene(scene: Record) -> SceneFacts:
    image_type = scene.integer(b"r", b"im_format", b"imtype", default=-1)
    image_format = _FORMATS.get(image_type, "")
    engine = scene.text(b"r", b"engine")
    camera = scene.follow(b"camera")
    return SceneFacts(
        name=id_name(scene),
        frame_start=scene.integer(b"r", b"sfra"),
        frame_end=scene.integer(b"r", b"efra"),
        frame_step=max(1, scene.integer(b"r", b"frame_step", default=1)),
        fps=_fps(scene),
        engine=engine,
        width=scene.integer(b"r", b"xsch"),
        height=scene.integer(b"r", b"ysch"),
        percentage=scene.integer(b"r", b"size", default=100),
        format=image_format,
        is_film=image_format in FILM_FORMATS,
        output=scene.text(b"r", b"pic"),
        camera=id_name(camera) if camera else None,
        cameras=tuple(sorted(_cameras(scene))),
        view_layers=tuple(layer.text(b"name") for layer in scene.listed(b"view_layers")),
        samples=_samples(scene, engine),
    )


def id_name(record: Record) -> str:
    """Return a datablock's name without the two letters of its kind."""
    if record.struct_name == b"ID":  # the stand-in of a linked datablock
        return record.text(b"name")[2:]
    return record.text(b"id", b"name")[2:]


def _fps(scene: Record) -> float:
    base = float(scene.number(b"r", b"frs_sec_base", default=1.0))
    rate = scene.integer(b"r", b"frs_sec")
    return round(rate / base, 3) if base > 1e-6 else float(rate)


def _cameras(scene: Record) -> Iterator[str]:
    """Yield the names of the scene's own cameras; linked ones cannot be told from other things."""
    cameras = {
        thing.block.address: id_name(thing)
        for thing in scene.index.records(b"OB", b"Object")
        if thing.integer(b"type") == _OB_CAMERA
    }
    collections = [scene.follow(b"master_collection")] if cameras else []
    seen: set[int] = set()
    while collections and cameras:
        collection = collections.pop()
        if collection is None or collection.block.address in seen:
            continue
        seen.add(collection.block.address)
        for member in collection.listed(b"gobject"):
            if name := cameras.pop(member.pointer(b"ob"), None):
                yield name
        collections += [child.follow(b"collection") for child in collection.listed(b"children")]


def _samples(scene: Record, engine: str) -> int | None:
    if engine.startswith("BLENDER_EEVEE"):
        return scene.integer(b"eevee", b"taa_render_samples") or None
    if engine != "CYCLES":
        return None
    # Cycles is an add-on: its settings are properties, since Blender 5 in a group of their own.
    for group in (b"properties", b"system_properties"):
        root = scene.follow(b"id", group)
        cycles = _property(root, "cycles") if root else None
        samples = _property(cycles, "samples") if cycles else None
        if samples:
            return samples.integer(b"data", b"val") or None
    return None


def _property(group: Record, name: str) -> Record | None:
    members = group.listed(b"data", b"group")
    for number, member in enumerate(members):
        if member.text(b"name") == name:
            return member
        if number > _MAX_PROPERTIES:
            break
    return None
