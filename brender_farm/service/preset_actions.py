"""Adding, changing and removing presets: one function is one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from brender_farm.db.core import reading, writing
from brender_farm.db.reads.presets import preset_named, require_preset
from brender_farm.db.writes import presets as writes
from brender_farm.errors import Fault, NotFound
from brender_farm.service.edit_tags import preset_tag, require_unchanged
from brender_farm.service.gathering import Gatherer
from brender_farm.service.limits import shown
from brender_farm.service.preset_settings import read_settings
from brender_farm.service.presets import NO_PRESET, preset_rows
from brender_farm.service.render_words import in_words
from brender_farm.service.shapes.presets import PresetRow

_LONGEST_NAME = 100


def add_preset(name: str, settings: Mapping[str, Any], *, actor: str) -> PresetRow:
    """Keep these settings under a new name. Raises RequestRefused with every fault."""
    return _save(None, name, settings, actor)


def change_preset(
    preset_id: int, name: str, settings: Mapping[str, Any], *, actor: str, tag: str = ""
) -> PresetRow:
    """Give a preset this name and exactly these settings; shots that were submitted keep theirs.

    Raises NotFound, RequestRefused with every fault, and ChangedMeanwhile when its tag is another.
    """
    return _save(preset_id, name, settings, actor, tag)


def set_preset(name: str, changes: Mapping[str, Any], *, actor: str) -> PresetRow:
    """Change single settings of the preset of this name, or add it; None or no text removes one.

    Raises RequestRefused with every fault.
    """
    with reading() as session:
        known = preset_named(session, name.strip())
        preset_id, settings = (known.id, known.settings) if known else (None, {})
    kept = known.name if known else name
    return _save(preset_id, kept, {**settings, **changes}, actor)


def remove_preset(preset_id: int, *, actor: str) -> PresetRow:
    """Forget a preset; shows that use it have none then. Raises NotFound."""
    with writing() as session:
        preset = require_preset(session, preset_id)
        row = preset_rows(session, [preset])[0]
        lost = f" Used by {', '.join(row.shows)}." if row.shows else ""
        said = f"Preset {preset.name} was removed.{lost}"
        writes.remove_preset(session, preset, said=said, now=datetime.now(UTC), actor=actor)
    return row


def remove_preset_named(name: str, *, actor: str) -> PresetRow:
    """Forget the preset of this name. Raises NotFound."""
    with reading() as session:
        preset = preset_named(session, name.strip())
    if preset is None:
        raise NotFound(f"There is no preset {name!r}. See: brender presets")
    return remove_preset(preset.id, actor=actor)


def _save(
    preset_id: int | None, name: str, settings: Mapping[str, Any], actor: str, tag: str = ""
) -> PresetRow:
    good = Gatherer()
    read_name, read = good(_read_name(name)), read_settings(settings, good)
    if not read and not good.faults:
        good(_NOTHING_SET)
    with writing() as session:
        preset = require_preset(session, preset_id) if preset_id is not None else None
        if preset is not None:
            require_unchanged(tag, preset_tag(preset_rows(session, [preset])[0]))
        if read_name is not None:
            good(_taken_fault(session, read_name, preset_id))
        good.settle()
        assert read_name is not None
        old_name, old = (preset.name, preset.settings) if preset else ("", {})
        said = _said(old_name, old, read_name, read)
        if said:
            preset = writes.store_preset(
                session, preset, read_name, read, said=said, now=datetime.now(UTC), actor=actor
            )
        assert preset is not None
        return preset_rows(session, [preset])[0]


_NOTHING_SET = Fault(
    field="name",
    message="A preset without settings would change nothing.",
    remedy="Set one thing at least, such as samples or percentage.",
)


def _read_name(text: str) -> str | Fault:
    name = " ".join(text.split())
    if name and len(name) <= _LONGEST_NAME and name.isprintable() and name.lower() != NO_PRESET:
        return name
    return Fault(
        field="name",
        message=f"{shown(text)} cannot be a preset's name.",
        remedy=f"Use 1 to {_LONGEST_NAME} printable characters; {NO_PRESET} stands for no preset.",
    )


def _taken_fault(session: Session, name: str, own_id: int | None) -> Fault | None:
    other = preset_named(session, name)
    if other is None or other.id == own_id:
        return None
    return Fault(
        field="name",
        message=f"There is a preset {other.name} already.",
        remedy="Choose another name, or change that one.",
    )


def _said(old_name: str, old: Mapping[str, Any], name: str, settings: Mapping[str, Any]) -> str:
    """Say in the history what becomes of it; empty: nothing changes."""
    words = ", ".join(in_words(settings))
    if not old_name:
        return f"Preset {name} was added: {words}."
    if (old_name, old) == (name, settings):
        return ""
    renamed = f"Preset {old_name} → {name}" if old_name != name else f"Preset {name}"
    return f"{renamed}: {', '.join(in_words(old))} → {words}."
