"""Understanding new settings of a shot: each becomes values of columns, or a fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from brender_farm.errors import Fault
from brender_farm.service import checks, limits, needs, rules
from brender_farm.service.shot_settings import LABELS

Columns = dict[str, Any]
"""Names of columns of a shot → values."""
_MAX_NOTES = 20_000
_YES = frozenset({"yes", "true", "on", "1"})
_NO = frozenset({"", "no", "false", "off", "0", "none"})


def read_columns(name: str, value: object) -> Columns | Fault:
    """Return what a setting is stored as; None and empty text ask for nothing."""
    return _READERS[name](value)


def is_plain(name: str) -> bool:
    """Tell whether a setting can be understood by itself."""
    return name in _READERS


def unknown_fault(name: str) -> Fault | None:
    """Refuse what cannot be changed of a shot."""
    if name in LABELS or name == "first":
        return None
    return Fault(
        field=name,
        message="That cannot be changed of a shot that exists.",
        remedy="Submit it again with another one (brender clone).",
    )


def read_name(value: object, blend: str) -> Columns | Fault:
    """Return the name: as given, or the file's."""
    found = checks.read_name(_text(value), Path(blend))
    return found if isinstance(found, Fault) else {"name": found}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _listed(value: object) -> str | None:
    """Write a list as text with commas between."""
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else _text(value)


def _priority(value: object) -> Columns | Fault:
    text = str(value).strip()
    priority = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else value
    fault = checks.priority_fault(priority)  # type: ignore[arg-type] # what is none is refused
    return fault or {"priority": priority}


def _tags(value: object) -> Columns | Fault:
    found = needs.read_shot_tags(_listed(value))
    if isinstance(found, Fault):
        return found
    return {"tags": list(found.wanted), "not_tags": list(found.unwanted)}


def _limits(value: object) -> Columns | Fault:
    found = rules.read_limit_names(_listed(value))
    return found if isinstance(found, Fault) else {"limit_names": list(found)}


def _race(value: object) -> Columns | Fault:
    text = str(value or "").strip().lower()
    if text in _YES or text in _NO:
        return {"race": text in _YES}
    return Fault(
        field="race", message=f"{limits.shown(value)} is neither.", remedy="Say yes or no."
    )


def _notes(value: object) -> Columns | Fault:
    text = str(value or "").strip().replace("\r\n", "\n")
    if len(text) <= _MAX_NOTES:
        return {"notes": text}
    return Fault(
        field="notes",
        message=f"The notes have {len(text):,} signs.",
        remedy=f"Leave it at {_MAX_NOTES:,}, and put the rest into a file.",
    )


def _one(column: str, read: Callable[[Any], Any]) -> Callable[[object], Columns | Fault]:
    def understood(value: object) -> Columns | Fault:
        found = read(value)
        return found if isinstance(found, Fault) else {column: found}

    return understood


_READERS: Mapping[str, Callable[[object], Columns | Fault]] = {
    "priority": _priority,
    "chunk_size": _one("chunk_size", lambda value: checks.read_chunk_size(value or "auto")),
    "pool": _one("pool", lambda value: needs.read_pool(_text(value))),
    "tags": _tags,
    "min_memory_gb": _one("min_memory_bytes", needs.read_min_memory),
    "max_nodes": _one("max_nodes", needs.read_max_nodes),
    "limits": _limits,
    "device": _one("device", lambda value: needs.read_device(_text(value))),
    "frame_limit_s": _one("frame_limit_s", limits.read_frame_limit),
    "memory_limit_gb": _one("memory_limit_bytes", limits.read_memory_limit),
    "race": _race,
    "notes": _notes,
}
