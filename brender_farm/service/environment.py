"""The settings that come from the environment, as a process of the farm has read them."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path

from brender_farm.config import PREFIX, FarmAddress, Settings, given_names
from brender_farm.config_words import MEANINGS
from brender_farm.masking import MASK, mask

_NOT_GIVEN = ""
_SECRET = frozenset(("oidc_client_secret", "node_key"))
_OF_A_NODE = frozenset(
    (
        *("node_name", "node_key", "slots", "blender", "stall_s", "grace_s"),
        *("memory_floor_pct", "tags", "pool", "warm"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentSetting:
    """One variable, and what this process has read of it."""

    name: str
    value: str
    """As it is written in the environment, passwords masked; empty: nothing."""
    is_given: bool
    """Whether it is set; else it is at its default."""
    words: str
    is_of_a_node: bool
    """Whether only nodes heed it, each its own."""


def environment(settings: Settings) -> tuple[EnvironmentSetting, ...]:
    """Return every setting that is read from the environment."""
    given = given_names()
    return tuple(
        EnvironmentSetting(
            name=_variable(field.name),
            value=mask(_written(field.name, getattr(settings, field.name))),
            is_given=_variable(field.name) in given,
            words=MEANINGS[field.name],
            is_of_a_node=field.name in _OF_A_NODE,
        )
        for field in fields(settings)
    )


def strange_variables(settings: Settings) -> tuple[str, ...]:
    """Return variables that are set and look like the farm's, but are none: a slip, perhaps."""
    known = {_variable(field.name) for field in (*fields(settings), *fields(FarmAddress))}
    return tuple(sorted(given_names() - known))


def _variable(field: str) -> str:
    return f"{PREFIX}{field.upper()}"


def _written(name: str, value: object) -> str:
    if value is None:
        return _NOT_GIVEN
    if name in _SECRET:
        return MASK
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        between = os.pathsep if name == "roots" else ","
        return between.join(str(part) for part in value)
    return str(value) if isinstance(value, int | str | Path) else _NOT_GIVEN
