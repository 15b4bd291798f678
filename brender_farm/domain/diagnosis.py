"""What a check of the farm says: of each thing how it is, what was found, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

ALL_WELL, SOMETHING_BROKEN, NOT_CHECKED = 0, 1, 2
"""The exit statuses of `brender doctor`."""
_NAMED = 4


class State(StrEnum):
    """How a thing is. The better ones come first."""

    WELL = "well"
    WARNING = "warning"
    """It works, and something about it should be looked after."""
    UNKNOWN = "unknown"
    """It could not be checked."""
    BROKEN = "broken"
    """It does not work, or loses work sooner or later."""


PARTS = (
    "configuration",
    "database",
    "broker",
    "scheduler",
    "dashboard",
    "flower",
    "storage",
    "nodes",
    "versions",
    "clocks",
)
"""In the order in which they are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One finding."""

    part: str
    """One of `PARTS`."""
    state: State
    found: str
    remedy: str = ""
    """The command or setting that mends it; empty where nothing needs mending."""
    subject: str = ""
    """Which one, where a part has many: a folder, a node, some nodes; empty: the part itself."""


def well(part: str, found: str, *, subject: str = "") -> Diagnosis:
    return Diagnosis(part=part, state=State.WELL, found=found, subject=subject)


def warning(part: str, found: str, remedy: str, *, subject: str = "") -> Diagnosis:
    return Diagnosis(part=part, state=State.WARNING, found=found, remedy=remedy, subject=subject)


def broken(part: str, found: str, remedy: str, *, subject: str = "") -> Diagnosis:
    return Diagnosis(part=part, state=State.BROKEN, found=found, remedy=remedy, subject=subject)


def unknown(part: str, found: str, remedy: str, *, subject: str = "") -> Diagnosis:
    return Diagnosis(part=part, state=State.UNKNOWN, found=found, remedy=remedy, subject=subject)


def in_order(diagnoses: Iterable[Diagnosis]) -> tuple[Diagnosis, ...]:
    """Return the diagnoses part by part, in each part the worst first."""
    worst_first = list(State)[::-1]
    return tuple(
        sorted(
            diagnoses,
            key=lambda each: (PARTS.index(each.part), worst_first.index(each.state)),
        )
    )


def worst(diagnoses: Iterable[Diagnosis]) -> State:
    """Return the worst state there is; nothing at all is well."""
    states = list(State)
    return max((each.state for each in diagnoses), key=states.index, default=State.WELL)


def exit_status(diagnoses: Sequence[Diagnosis]) -> int:
    """Return 0 when nothing is broken, 1 when something is, 2 when something was not checked."""
    by_state = {State.BROKEN: SOMETHING_BROKEN, State.UNKNOWN: NOT_CHECKED}
    return by_state.get(worst(diagnoses), ALL_WELL)


def together(
    diagnoses: Iterable[Diagnosis], name: Callable[[Sequence[str]], str] | None = None
) -> list[Diagnosis]:
    """Make one of all that say the same of different subjects; `name` names many of them."""
    subjects: dict[tuple[str, State, str, str], list[str]] = {}
    for each in diagnoses:
        key = (each.part, each.state, each.found, each.remedy)
        subjects.setdefault(key, []).append(each.subject)
    return [
        Diagnosis(
            part=part,
            state=state,
            found=found,
            remedy=remedy,
            subject=(name or listed)(list(dict.fromkeys(names))),
        )
        for (part, state, found, remedy), names in subjects.items()
    ]


def listed(names: Sequence[str], most: int = _NAMED) -> str:
    """Write names one after the other, those beyond `most` as a number."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[: most - 1])} and {len(names) - most + 1:,} more"


def size(byte_count: int) -> str:
    """Write a number of bytes for people."""
    return f"{byte_count / 1e9:,.1f} GB" if byte_count >= 1e9 else f"{byte_count / 1e6:,.1f} MB"
