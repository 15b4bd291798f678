"""Presets: render settings with a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetRow:
    """A preset as a list shows it."""

    id: int
    name: str
    settings: dict[str, Any]
    """What it fills in: fields of a request with their values, such as `samples`: 128."""
    words: tuple[str, ...]
    """The same in words, one for each thing it sets."""
    shows: tuple[str, ...]
    """The shows whose shots are rendered with it unless they say otherwise."""

    @property
    def sentence(self) -> str:
        """What it sets, in one line."""
        return ", ".join(self.words)
