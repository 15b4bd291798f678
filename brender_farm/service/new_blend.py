"""Reading the .blend that has taken the place of the one a shot was submitted with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brender_farm.blendfile.digest import FileState, digest_of
from brender_farm.blendfile.facts import BlendFacts
from brender_farm.blendfile.scenes import SceneFacts
from brender_farm.db.core import current_settings
from brender_farm.domain.formats import FORMATS
from brender_farm.domain.picture_size import scaled
from brender_farm.errors import BlendFileError, Fault, RequestRefused
from brender_farm.service import checks
from brender_farm.service.check import read_blend
from brender_farm.service.gathering import Gatherer
from brender_farm.service.render_changes import read_camera, read_view_layers

_TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBlend:
    """The file as it is now, and the shot's scene in it."""

    facts: BlendFacts
    state: FileState
    scene: SceneFacts
    warnings: tuple[str, ...]

    def size_with(self, render: Mapping[str, Any]) -> tuple[int, int]:
        """Return the pixels that the scene renders with what a shot changes about it."""
        share = render.get("percentage") or self.scene.percentage
        return scaled(self.scene.width, share), scaled(self.scene.height, share)


def read_new_blend(
    blend: str,
    *,
    scene: str,
    fmt: str,
    versions: list[str],
    blender: str,
    render: Mapping[str, Any],
) -> NewBlend:
    """Check the file as a submission would. Raises RequestRefused with every fault.

    `render` is what the shot changes about how its scene is rendered (wire.RenderChanges).
    """
    facts, state = _settled(blend)
    found = checks.choose_scene(facts, scene)
    good = Gatherer()
    good(checks.version_fault(facts, versions, blender))
    if good(found) and not isinstance(found, Fault):
        good(read_camera(render.get("camera"), found))
        good(read_view_layers(render.get("view_layers"), found))
    good.settle()
    assert not isinstance(found, Fault)
    warnings = checks.warnings_of(facts, found, FORMATS[fmt])
    return NewBlend(facts=facts, state=state, scene=found, warnings=warnings)


def _settled(blend: str) -> tuple[BlendFacts, FileState]:
    """Return what is in the file and its state, both of the same file."""
    for _ in range(_TRIES):
        facts = read_blend(blend, current_settings())
        try:
            state = digest_of(facts.path)
        except BlendFileError as error:
            raise RequestRefused(Fault(field="blend", message=str(error), remedy="")) from error
        if (facts.size_bytes, facts.mtime_ns) == (state.byte_count, state.mtime_ns):
            return facts, state
    raise RequestRefused(
        Fault(
            field="blend",
            message=f"{Path(blend).name} is saved again and again while it is read.",
            remedy="Wait until it is saved for good, then try again.",
        )
    )
