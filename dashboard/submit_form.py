"""The submit form: what was typed, kept as text, and the request it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from brender_farm.blendfile.facts import BlendFacts
from brender_farm.blendfile.scenes import SceneFacts
from brender_farm.domain.formats import DEFAULT_FORMAT, find_format
from brender_farm.errors import Fault
from brender_farm.service.requests import Existing, ShotRequest

MORE_FIELDS = (
    "tags", "pool", "min_memory_gb", "max_nodes", "blender", "device", "limits", "first", "after",
    "after_frames", "not_before", "frame_limit_s", "memory_limit_gb", "race",
)  # fmt: skip
"""What is folded away until someone wants it."""
FIELDS = (
    "blend", "scene", "name", "frames", "output", "priority", "chunk_size", "format", "existing",
    "snapshot", *MORE_FIELDS,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitForm:
    """Every field as its text, and the faults found in it."""

    values: dict[str, str]
    faults: tuple[Fault, ...] = field(default=())

    @classmethod
    def typed(cls, form: Mapping[str, str], faults: tuple[Fault, ...] = ()) -> SubmitForm:
        return cls(values={name: form.get(name, "").strip() for name in FIELDS}, faults=faults)

    @classmethod
    def from_facts(cls, facts: BlendFacts, scene: SceneFacts) -> SubmitForm:
        """Fill the form with what the .blend says about this scene."""
        return cls(
            values={
                "blend": str(facts.path),
                "scene": scene.name,
                "name": facts.path.stem,
                "frames": frames_of(scene),
                "output": "",
                "priority": "50",
                "chunk_size": "auto",
                "format": format_of(scene),
                "existing": Existing.NEW_VERSION,
                "snapshot": "",
                **dict.fromkeys(MORE_FIELDS, ""),
            }
        )

    def faults_of(self, name: str) -> list[Fault]:
        return [fault for fault in self.faults if fault.field == name]

    @property
    def other_faults(self) -> list[Fault]:
        """Faults that belong to no field of the form."""
        return [fault for fault in self.faults if fault.field not in FIELDS[1:]]

    @property
    def shows_more(self) -> bool:
        """Whether something that is folded away has been filled in."""
        return any(self.values[name] for name in MORE_FIELDS)

    def to_request(self) -> ShotRequest:
        """Return the request; what is no number stays text, for the farm to refuse it by name."""
        values = self.values
        return ShotRequest(
            blend=values["blend"],
            scene=values["scene"] or None,
            name=values["name"] or None,
            frames=values["frames"] or None,
            output=values["output"] or None,
            priority=_number(values["priority"] or "50"),  # type: ignore[arg-type]
            chunk_size=_number(values["chunk_size"] or "auto"),
            format=values["format"] or None,
            existing=values["existing"] or Existing.NEW_VERSION,
            snapshot=bool(values["snapshot"]),
            tags=values["tags"] or None,
            min_memory_gb=values["min_memory_gb"] or None,  # type: ignore[arg-type]
            max_nodes=values["max_nodes"] or None,  # type: ignore[arg-type]
            pool=values["pool"] or None,
            blender=values["blender"] or None,
            device=values["device"] or None,
            limits=values["limits"] or None,
            first=values["first"] or None,
            after=values["after"] or None,
            after_frames=values["after_frames"] or None,
            not_before=values["not_before"] or None,
            race=bool(values["race"]),
            frame_limit_s=values["frame_limit_s"] or None,  # type: ignore[arg-type]
            memory_limit_gb=values["memory_limit_gb"] or None,  # type: ignore[arg-type]
        )


def frames_of(scene: SceneFacts) -> str:
    """Write a scene's own range in frame notation."""
    step = f"x{scene.frame_step}" if scene.frame_step > 1 else ""
    return f"{scene.frame_start}-{scene.frame_end}{step}"


def format_of(scene: SceneFacts) -> str:
    found = find_format(scene.format)
    return found.name if found else DEFAULT_FORMAT


def _number(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 10 else text
