"""What one frame may take: the limits of a submission, each understood or refused."""

from __future__ import annotations

from brender_farm.errors import Fault

_FRAME_LIMITS_S = (0.1, 10_000_000)
_MEMORY_LIMITS_GB = (0.05, 1_000_000)
_GB = 10**9


def read_frame_limit(seconds: float | str | None) -> float | Fault | None:
    """Return the seconds that one frame may take, None for no limit."""
    limit = number_within(seconds, *_FRAME_LIMITS_S)
    if limit is not None or _is_empty(seconds):
        return limit
    low, high = _FRAME_LIMITS_S
    return Fault(
        field="frame_limit_s",
        message=f"{shown(seconds)} is not a time limit for a frame.",
        remedy=f"Give {low:g} to {high:,.0f} seconds, or nothing for no limit.",
    )


def read_memory_limit(gigabytes: float | str | None) -> int | Fault | None:
    """Return the bytes of memory that Blender may take, None for no limit."""
    limit = number_within(gigabytes, *_MEMORY_LIMITS_GB)
    if limit is not None:
        return round(limit * _GB)
    if _is_empty(gigabytes):
        return None
    low, high = _MEMORY_LIMITS_GB
    return Fault(
        field="memory_limit_gb",
        message=f"{shown(gigabytes)} is not a memory limit.",
        remedy=f"Give {low:g} to {high:,.0f} GB, or nothing for no limit.",
    )


def number_within(value: float | str | None, low: float, high: float) -> float | None:
    """Return the number if it is one and within its bounds."""
    try:
        number = float(value)  # type: ignore[arg-type] # what is no number is refused here
    except (TypeError, ValueError, OverflowError):
        return None
    return number if low <= number <= high else None  # NaN is in no bounds


def _is_empty(value: float | str | None) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def shown(value: object) -> str:
    return f"{value!r}"[:60]
