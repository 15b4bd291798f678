"""What is set for the whole farm."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """A setting of the farm, and what it is now."""

    name: str
    value: bool | float | int
    default: bool | float | int
    title: str
    words: str
    """What it does, and what to choose when."""
    unit: str = ""
    low: float = 0
    high: float = 0
