"""Reading presets, and which shows use them."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Preset, Show
from brender_farm.errors import NotFound


def all_presets(session: Session) -> list[Preset]:
    """Return every preset, by name."""
    return list(session.scalars(select(Preset).order_by(func.lower(Preset.name), Preset.id)))


def require_preset(session: Session, preset_id: int) -> Preset:
    """Return a preset. Raises NotFound."""
    preset = session.get(Preset, preset_id)
    if preset is None:
        raise NotFound(f"There is no preset {preset_id}. See: brender presets")
    return preset


def preset_named(session: Session, name: str) -> Preset | None:
    """Return the preset of this name, in any letter case."""
    return session.scalar(select(Preset).where(func.lower(Preset.name) == name.lower()).limit(1))


def shows_by_preset(session: Session) -> dict[int, tuple[str, ...]]:
    """Map presets to the names of the shows that use them."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    wanted = select(Show.preset_id, Show.name).where(Show.preset_id.is_not(None))
    for preset_id, name in session.execute(wanted.order_by(func.lower(Show.name))):
        found[int(preset_id or 0)].append(name)
    return {preset_id: tuple(names) for preset_id, names in found.items()}
