"""Presets: which there are, and filling a submission in from one."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, Protocol

from sqlalchemy.orm import Session

from brender_farm.db.core import reading
from brender_farm.db.models import Preset
from brender_farm.db.reads import presets as reads
from brender_farm.domain.formats import find_format
from brender_farm.errors import Fault
from brender_farm.service.limits import shown
from brender_farm.service.render_values import find_engine, is_empty
from brender_farm.service.render_words import in_words
from brender_farm.service.requests import ShotRequest
from brender_farm.service.shapes.presets import PresetRow

NO_PRESET = "none"
"""Asked for by this name, nothing is filled in, whatever the show says."""


class _HasPreset(Protocol):
    @property
    def preset_id(self) -> int | None: ...


def list_presets() -> tuple[PresetRow, ...]:
    """Return every preset by name, with what it sets and which shows use it."""
    with reading() as session:
        return preset_rows(session, reads.all_presets(session))


def get_preset(preset_id: int) -> PresetRow:
    """Return one preset. Raises NotFound."""
    with reading() as session:
        return preset_rows(session, [reads.require_preset(session, preset_id)])[0]


def fill_in(request: ShotRequest, show: _HasPreset | None) -> ShotRequest | Fault:
    """Fill in what a request leaves open, from the preset it names or else its show's.

    A size that is asked for stands as it is: the preset's size and percentage are left out then,
    and so are its samples when another engine is asked for.
    """
    if not (request.preset or "").strip() and (show is None or show.preset_id is None):
        return request
    with reading() as session:
        presets = reads.all_presets(session)
    chosen = _choose(request.preset, show, presets)
    if chosen is None or isinstance(chosen, Fault):
        return chosen or request
    return replace(request, **_fitting(request, chosen.settings))


def filled_fields(asked: ShotRequest, filled: ShotRequest) -> frozenset[str]:
    """Return which fields a preset filled in."""
    return frozenset(
        field.name
        for field in fields(asked)
        if getattr(asked, field.name) != getattr(filled, field.name)
    )


def preset_rows(session: Session, presets: list[Preset]) -> tuple[PresetRow, ...]:
    """Return presets as they leave the service, by the same few queries for any number."""
    shows = reads.shows_by_preset(session)
    return tuple(
        PresetRow(
            id=preset.id,
            name=preset.name,
            settings=dict(preset.settings),
            words=in_words(preset.settings),
            shows=shows.get(preset.id, ()),
        )
        for preset in presets
    )


def _choose(
    name: str | None, show: _HasPreset | None, presets: list[Preset]
) -> Preset | Fault | None:
    if name is None or not name.strip():
        wanted = show.preset_id if show is not None else None
        return next((preset for preset in presets if preset.id == wanted), None)
    text = name.strip().lower()
    if text == NO_PRESET:
        return None
    for preset in presets:
        if preset.name.lower() == text:
            return preset
    known = ", ".join((*(preset.name for preset in presets), NO_PRESET))
    return Fault(
        field="preset",
        message=f"There is no preset {shown(name)}.",
        remedy=f"Choose one of {known}, or add it: brender presets set",
    )


def _fitting(request: ShotRequest, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings for fields that are left open and do not belong to another choice."""
    left_out: set[str] = set()
    if not (is_empty(request.width) and is_empty(request.height)):
        left_out |= {"width", "height", "percentage"}
    engine = find_engine(request.engine or "")
    if engine and settings.get("engine", engine) != engine:
        left_out |= {"samples", "denoise"}
    fmt = find_format(request.format or "")
    if fmt is not None and settings.get("format", fmt.name) != fmt.name:
        left_out |= {"color_depth", "quality", "compression", "exr_codec"}
    return {
        name: value
        for name, value in settings.items()
        if name not in left_out and is_empty(getattr(request, name))
    }
