"""What a render may take: the words and figures of each limit. Reads no clock and no machine."""

from __future__ import annotations

from dataclasses import dataclass

from brender_farm import wire
from workers.stats import Memory

MIN_FLOOR_BYTES = 256_000_000
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Why the node ends a render, and what that means for its frame."""

    reason: str
    permanent: bool = False
    """Trying again cannot help."""
    short_of_memory: bool = False
    """A machine with more memory may do it."""


def over_time(limits: wire.RenderLimits, seconds: float) -> Verdict | None:
    """Judge how long a frame has been rendering."""
    if limits.frame_s is None or seconds <= limits.frame_s:
        return None
    return Verdict(
        reason=(
            f"The frame took longer than its limit of {limits.frame_s:g} s and was stopped. "
            "Raise the shot's frame time limit, or make the frame lighter."
        )
    )


def over_memory(limits: wire.RenderLimits, rss_bytes: int) -> Verdict | None:
    """Judge the resident memory of Blender and all it started."""
    if limits.memory_bytes is None or rss_bytes <= limits.memory_bytes:
        return None
    return Verdict(
        reason=(
            f"Blender held {_size(rss_bytes)} of memory, more than the limit of "
            f"{_size(limits.memory_bytes)}, and was stopped. "
            "Raise the shot's memory limit, or make the scene lighter."
        ),
        permanent=True,
    )


def memory_floor(memory: Memory, floor_pct: float) -> int:
    """Return how much memory must stay available for the machine itself."""
    return max(MIN_FLOOR_BYTES, int(memory.total_bytes * floor_pct / 100))


def is_short(memory: Memory, floor_pct: float) -> bool:
    """Whether the machine is about to run out of memory."""
    return memory.available_bytes < memory_floor(memory, floor_pct)


def machine_short(memory: Memory, floor_pct: float, rss_bytes: int) -> Verdict:
    """Say that this render, the heaviest of its node, was ended to save the machine."""
    return Verdict(
        reason=(
            f"This machine ran short of memory: {_size(memory.available_bytes)} of "
            f"{_size(memory.total_bytes)} were left, and {_size(memory_floor(memory, floor_pct))} "
            f"must stay free. Blender held {_size(rss_bytes)} and was stopped. "
            "Render on a node with more memory or fewer slots, or make the scene lighter."
        ),
        short_of_memory=True,
    )


def hung(stall_s: float) -> Verdict:
    return Verdict(reason=f"Blender hung: no output and no processor time for {stall_s:g} s.")


def _size(byte_count: int) -> str:
    return f"{byte_count / _MEGABYTE:,.0f} MB"
