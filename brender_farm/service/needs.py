"""What a submission asks of nodes, each understood or refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from brender_farm.config import read_tags, read_word
from brender_farm.domain.versions import ANY_VERSION
from brender_farm.errors import Fault
from brender_farm.service.limits import number_within, shown

_MEMORY_GB = (0.0, 1_000_000.0)
_MAX_NODES = (1, 100_000)
_GB = 10**9
_VERSION = re.compile(r"\d{1,2}\.\d{1,2}(\.\d{1,3})?")
DEVICES = ("gpu", "cpu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """Tags that a node must have, and those that it must not have."""

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]


def read_shot_tags(text: str | None) -> Tags | Fault:
    """Understand tags with commas between; `!` before one: a node must not have it."""
    parts = [part.strip() for part in (text or "").split(",") if part.strip()]
    try:
        wanted = read_tags(",".join(part for part in parts if not part.startswith("!")))
        unwanted = read_tags(
            ",".join(part[1:].strip() or part for part in parts if part.startswith("!"))
        )
    except ValueError as error:
        return Fault(field="tags", message=str(error).capitalize(), remedy="Example: gpu, !slow")
    both = sorted(set(wanted) & set(unwanted))
    if both:
        return Fault(
            field="tags",
            message=f"{both[0]} is both wanted and not wanted.",
            remedy="Leave one of the two out.",
        )
    return Tags(wanted=wanted, unwanted=unwanted)


def read_pool(name: str | None) -> str | Fault:
    """Return the pool whose nodes are to render it; empty: those in no pool."""
    try:
        return read_word(name or "")
    except ValueError as error:
        return Fault(
            field="pool", message=f"{error}".capitalize(), remedy="Example: film, or nothing."
        )


def read_blender(version: str | None) -> str | Fault:
    """Return `4.5.15`, `4.5` or `any`; empty: the version that saved the file, or newer."""
    text = (version or "").strip().lower().removeprefix("v")
    if text in ("", ANY_VERSION) or _VERSION.fullmatch(text):
        return text
    return Fault(
        field="blender",
        message=f"{shown(version)} is not a Blender version.",
        remedy=f"Give 4.5.15, 4.5 or {ANY_VERSION}, or nothing for the file's own or newer.",
    )


def read_device(device: str | None) -> str | Fault:
    """Return `gpu` or `cpu`; empty: as the scene says."""
    text = (device or "").strip().lower()
    if text in ("", *DEVICES):
        return text
    return Fault(
        field="device",
        message=f"{shown(device)} is not what a frame can be rendered on.",
        remedy="Give gpu or cpu, or nothing for what the scene says.",
    )


def read_min_memory(gigabytes: float | str | None) -> int | Fault:
    """Return the bytes that a node's machine must have at least; 0: any."""
    if gigabytes is None or not str(gigabytes).strip():
        return 0
    number = number_within(gigabytes, *_MEMORY_GB)
    if number is not None:
        return round(number * _GB)
    return Fault(
        field="min_memory_gb",
        message=f"{shown(gigabytes)} is not an amount of memory.",
        remedy="Give GB, such as 32, or nothing for any node.",
    )


def read_max_nodes(count: float | str | None) -> int | Fault | None:
    """Return on how many nodes the shot may be at a time, None: on any number."""
    if count is None or not str(count).strip():
        return None
    number = number_within(count, *_MAX_NODES)
    if number is not None and number == int(number):
        return int(number)
    return Fault(
        field="max_nodes",
        message=f"{shown(count)} is not a number of nodes.",
        remedy="Give a whole number, 1 or more, or nothing for no limit.",
    )
