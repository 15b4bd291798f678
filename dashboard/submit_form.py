"""The form that submits, submits again and changes shots: what was typed, kept as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Protocol

from brender_farm.blendfile.facts import BlendFacts
from brender_farm.blendfile.scenes import SceneFacts
from brender_farm.domain.formats import DEFAULT_FORMAT, find_format
from brender_farm.domain.local_time import local_time
from brender_farm.errors import Fault
from brender_farm.service.requests import Existing, ShotRequest
from brender_farm.service.shot_settings import LABELS

LOOK_FIELDS = (
    "preset", "engine", "samples", "denoise", "width", "height", "percentage", "format",
    "color_depth", "quality", "compression", "exr_codec",
)  # fmt: skip
WAIT_FIELDS = ("not_before", "after", "after_frames")
NODE_FIELDS = ("pool", "tags", "device", "blender", "min_memory_gb", "max_nodes", "limits")
FRAME_FIELDS = ("chunk_size", "frame_limit_s", "memory_limit_gb", "race")
ONE_FILE_FIELDS = ("name", "scene", "frames", "camera", "view_layers", "output")
"""What each of several files has for itself."""
FIELDS = (
    "blend", *ONE_FILE_FIELDS, "first", *LOOK_FIELDS, "show", "existing", "snapshot", "priority",
    *WAIT_FIELDS, *NODE_FIELDS, *FRAME_FIELDS, "notes",
)  # fmt: skip
FIELD_WORDS = {**LABELS, "blend": "the file", "width": "size", "existing": "frames that are there"}
"""What people call the fields."""
_SWITCHES = ("snapshot", "race")
_WHOLE = ("width", "height", "percentage", "samples", "quality", "compression", "max_nodes")
_USUAL = {"priority": "50", "chunk_size": "auto", "existing": str(Existing.NEW_VERSION)}
_FOLDED = {
    "look": ("color_depth", "quality", "compression", "exr_codec", "width", "height", "denoise"),
    "waits": (*WAIT_FIELDS, "first"),
    "nodes": NODE_FIELDS,
    "frames": FRAME_FIELDS,
}
"""What is folded away until somebody wants it."""


class Typed(Protocol):
    """What a browser sends: a field may come several times."""

    def get(self, name: str, default: str, /) -> str: ...
    def getlist(self, name: str, /) -> list[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitForm:
    """Every field as its text, and the faults found in it."""

    values: dict[str, str]
    layers: tuple[str, ...] = ()
    """The view layers that are chosen."""
    files: tuple[str, ...] = ()
    """Several .blend files that share all the rest; empty: it is for one shot."""
    edits: bool = False
    """Whether it changes a shot that exists."""
    faults: tuple[Fault, ...] = field(default=())

    @classmethod
    def typed(
        cls, form: Typed, faults: tuple[Fault, ...] = (), *, edits: bool = False
    ) -> SubmitForm:
        layers = tuple(form.getlist("view_layers"))
        values = {name: form.get(name, "").strip() for name in FIELDS}
        files = tuple(dict.fromkeys(form.getlist("blend")))
        return cls(
            values=values | {"view_layers": ", ".join(layers)},
            layers=layers,
            files=files if len(files) > 1 else (),
            edits=edits,
            faults=faults,
        )

    @classmethod
    def from_facts(cls, facts: BlendFacts, scene: SceneFacts) -> SubmitForm:
        """Fill the form with what the .blend says about this scene."""
        return cls(
            values=_filled(
                blend=str(facts.path),
                scene=scene.name,
                name=facts.path.stem,
                frames=frames_of(scene),
            )
        )

    @classmethod
    def for_files(cls, files: Sequence[str]) -> SubmitForm:
        """Begin a form for several files, each with its own frames and scene as saved."""
        return cls(values=_filled(), files=tuple(files))

    @classmethod
    def from_request(cls, request: ShotRequest) -> SubmitForm:
        """Fill the form with what a request asks for."""
        asked = {one.name: _text(getattr(request, one.name)) for one in fields(request)}
        if request.denoise is False:
            asked["denoise"] = "no"  # and not as the scene says
        layers = request.view_layers
        return cls(
            values=_filled(**{name: text for name, text in asked.items() if name in FIELDS}),
            layers=tuple(layers) if layers and not isinstance(layers, str) else (),
        )

    @classmethod
    def of_shot(cls, settings: Mapping[str, str], layers: Sequence[str]) -> SubmitForm:
        """Fill the form with what may be changed of a shot."""
        return cls(values=_filled(**settings), layers=tuple(layers), edits=True)

    def has(self, name: str) -> bool:
        """Whether the form shows this field."""
        if self.edits:
            return name in LABELS or name == "first"
        return not self.files or name not in ONE_FILE_FIELDS

    def faults_of(self, name: str) -> list[Fault]:
        return [fault for fault in self.faults if fault.field == name]

    @property
    def other_faults(self) -> list[Fault]:
        """Faults that belong to no field of the form."""
        return [
            one for one in self.faults if one.field not in FIELDS[1:] or not self.has(one.field)
        ]

    def opens(self, part: str) -> bool:
        """Whether something in a folded part of the form has been filled in, or is wrong."""
        names = [name for name in _FOLDED[part] if self.has(name)]
        return any(
            self.values[name] not in ("", _USUAL.get(name)) or self.faults_of(name)
            for name in names
        )

    def to_request(self, blend: str = "") -> ShotRequest:
        """Return the request; what is no number stays text, for the farm to refuse it by name.

        `blend` is one of several files.
        """
        asked: dict[str, Any] = {
            name: self.values[name] or _USUAL.get(name) for name in FIELDS if self.has(name)
        }
        asked |= {name: bool(self.values[name]) for name in _SWITCHES}
        asked |= {name: _number(self.values[name]) for name in _WHOLE}
        asked["priority"] = _number(self.values["priority"] or _USUAL["priority"])
        asked["chunk_size"] = _number(self.values["chunk_size"]) or "auto"
        asked["denoise"] = {"yes": True, "no": False}.get(self.values["denoise"])
        asked["view_layers"] = list(self.layers) or None
        return ShotRequest(**(asked | {"blend": blend or self.values["blend"]}))

    def changes(self, seen: Mapping[str, str]) -> dict[str, object]:
        """Return what differs from the settings that somebody saw before."""
        changed: dict[str, object] = {
            name: self.values[name]
            for name in LABELS
            if _plain(self.values[name]) != _plain(seen.get(name, ""))
        }
        if "view_layers" in changed:
            changed["view_layers"] = list(self.layers)
        if self.values["first"]:
            changed["first"] = self.values["first"]
        return changed


def frames_of(scene: SceneFacts) -> str:
    """Write a scene's own range in frame notation."""
    step = f"x{scene.frame_step}" if scene.frame_step > 1 else ""
    return f"{scene.frame_start}-{scene.frame_end}{step}"


def format_of(scene: SceneFacts | None) -> str:
    """Return the format that frames of a scene get if none is asked for."""
    if scene is None:
        return ""
    found = find_format(scene.format)
    return found.name if found else DEFAULT_FORMAT


def _filled(**values: str) -> dict[str, str]:
    return dict.fromkeys(FIELDS, "") | _USUAL | values


def _text(value: object) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, datetime):
        return f"{local_time(value):%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:.9f}".rstrip("0").rstrip(".")
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _plain(text: str) -> str:
    """Browsers end lines their own way, and a form's text is stripped."""
    return text.replace("\r\n", "\n").strip()


def _number(text: str) -> int | str | None:
    if not text:
        return None
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 10 else text
