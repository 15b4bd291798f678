"""What a shot is asked for, each setting as text in the notation of a submission.

One notation fills the form, tells in the history what was changed, and shows whether two people
have changed the same thing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from brender_farm.db.models import Shot
from brender_farm.domain.local_time import local_time

LABELS = {
    "name": "name",
    "frames": "frames",
    "priority": "priority",
    "chunk_size": "frames per chunk",
    "camera": "camera",
    "view_layers": "view layers",
    "engine": "engine",
    "samples": "samples",
    "denoise": "denoise",
    "percentage": "percentage",
    "color_depth": "colour depth",
    "quality": "quality",
    "compression": "compression",
    "exr_codec": "EXR codec",
    "pool": "pool",
    "tags": "node tags",
    "min_memory_gb": "node memory",
    "max_nodes": "most nodes",
    "limits": "farm limits",
    "blender": "Blender",
    "device": "device",
    "frame_limit_s": "time limit per frame",
    "memory_limit_gb": "memory limit",
    "race": "race",
    "after": "after shots",
    "after_frames": "after frames of shots",
    "not_before": "not before",
    "notes": "notes",
}
"""What may be changed of a shot, and what people call it."""
RENDER_SETTINGS = (
    "camera", "view_layers", "engine", "samples", "denoise", "percentage", "color_depth", "quality",
    "compression", "exr_codec",
)  # fmt: skip
"""Those of them that decide what a frame looks like."""
WAITS = ("after", "after_frames", "not_before")
NOTHING = "–"
_GB = 10**9
_SHOWN = 300


def settings_of(shot: Shot, earlier: Sequence[tuple[Shot, bool]]) -> dict[str, str]:
    """Return all that may be changed of a shot; empty: nothing is asked for.

    `earlier` are the shots that it comes after, each with whether frame by frame.
    """
    tags = [*shot.tags, *(f"!{tag}" for tag in shot.not_tags)]
    return {
        "name": shot.name,
        "frames": shot.frames,
        "priority": str(shot.priority),
        "chunk_size": str(shot.chunk_size or "auto"),
        **render_settings_of(shot.render),
        "pool": shot.pool,
        "tags": ", ".join(tags),
        "min_memory_gb": _number(shot.min_memory_bytes / _GB or None),
        "max_nodes": _number(shot.max_nodes),
        "limits": ", ".join(shot.limit_names),
        "blender": shot.blender,
        "device": shot.device,
        "frame_limit_s": _number(shot.frame_limit_s),
        "memory_limit_gb": _number(shot.memory_limit_bytes and shot.memory_limit_bytes / _GB),
        "race": "yes" if shot.race else "",
        "after": ", ".join(str(other.id) for other, by_frame in earlier if not by_frame),
        "after_frames": ", ".join(str(other.id) for other, by_frame in earlier if by_frame),
        "not_before": f"{local_time(shot.not_before):%Y-%m-%d %H:%M}" if shot.not_before else "",
        "notes": shot.notes,
    }


def render_settings_of(render: Mapping[str, object]) -> dict[str, str]:
    """Return what a shot changes about how its scene is rendered."""
    return {name: _written(render.get(name)) for name in RENDER_SETTINGS}


def tag_of(settings: Mapping[str, str]) -> str:
    """Return a tag that changes when anything that may be changed by people does."""
    text = json.dumps(settings, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Say what has changed, a line for each setting: `priority: 50 → 80`."""
    return [
        f"{label}: {shown_value(before[name])} → {shown_value(after[name])}"
        for name, label in LABELS.items()
        if before[name] != after[name]
    ]


def shown_value(text: str) -> str:
    """Return a value as it is shown in a line; a dash for none."""
    line = " ".join(text.split())
    return f"{line[:_SHOWN]}…" if len(line) > _SHOWN else line or NOTHING


def _written(value: object) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.9f}".rstrip("0").rstrip(".")
