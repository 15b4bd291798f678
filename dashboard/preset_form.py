"""The form of a preset: what was typed, kept as text, with the faults found in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from brender_farm.errors import Fault
from brender_farm.service.preset_settings import SETTINGS
from brender_farm.service.shapes.presets import PresetRow

_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetForm:
    """Every field as its text; empty: the scene decides."""

    name: str = ""
    values: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(SETTINGS, ""))
    faults: tuple[Fault, ...] = ()

    @classmethod
    def typed(cls, form: Mapping[str, str], faults: tuple[Fault, ...] = ()) -> PresetForm:
        values = {name: form.get(name, "").strip() for name in SETTINGS}
        return cls(name=form.get("name", "").strip(), values=values, faults=faults)

    @classmethod
    def of(cls, preset: PresetRow) -> PresetForm:
        """Fill the form with what a preset sets."""
        values = {name: _written(preset.settings.get(name)) for name in SETTINGS}
        return cls(name=preset.name, values=values)

    @classmethod
    def copy_of(cls, preset: PresetRow) -> PresetForm:
        """Fill the form for another preset with the same settings."""
        name = f"{preset.name} copy"[:_NAME_LENGTH]
        return cls(name=name, values=cls.of(preset).values)

    def faults_of(self, name: str) -> list[Fault]:
        return [fault for fault in self.faults if fault.field == name]


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
