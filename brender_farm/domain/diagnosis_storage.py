"""What was found of the farm's folders on its own machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from brender_farm.domain.diagnosis import Diagnosis, broken, size, warning, well

PART = "storage"
LEAST_ROOM_BYTES = 1_000_000_000
FULL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFacts:
    """One of BRENDER_ROOTS, or a show's root, as this machine sees it."""

    path: str
    show: str = ""
    """Which show's root it is; empty: one of BRENDER_ROOTS."""
    is_hung: bool = False
    """It did not answer in time; then nothing below is known."""
    is_there: bool = True
    leads_to: str = ""
    """Where its links lead; empty: it has none."""
    is_inside: bool = True
    """Whether it lies under BRENDER_ROOTS, links followed."""
    read_trouble: str = ""
    write_trouble: str = ""
    """Why no file can be made in it."""
    is_read_only: bool = False
    """Whether its whole file system is."""
    free_bytes: int = 0
    total_bytes: int = 0


def diagnose_folders(folders: Iterable[FolderFacts]) -> list[Diagnosis]:
    """Return how each folder is."""
    return [one for facts in folders for one in _diagnose(facts)]


def _diagnose(facts: FolderFacts) -> list[Diagnosis]:
    if facts.is_hung:
        return [
            _broken(
                facts,
                "does not answer: its storage hangs.",
                "See whether its server runs and the network reaches it, then mount it again.",
            )
        ]
    if not facts.is_there:
        return [_broken(facts, "is not there on this machine.", _absent(facts))]
    return list(_faults(facts)) or [well(PART, _summary(facts), subject=facts.path)]


def _absent(facts: FolderFacts) -> str:
    if facts.show:
        return f"Mount it, or correct the show's root: brender shows set {_quoted(facts.show)}."
    return "Mount it, or take it out of BRENDER_ROOTS and start the farm again."


def _faults(facts: FolderFacts) -> Iterator[Diagnosis]:
    if not facts.is_inside:
        yield _broken(
            facts,
            "is outside BRENDER_ROOTS, so no shot of the show can be submitted.",
            f"Add {facts.leads_to or facts.path} to BRENDER_ROOTS and start the farm again.",
        )
    if facts.read_trouble:
        yield _broken(
            facts,
            f"cannot be read: {facts.read_trouble}.",
            f"Let the farm's account read it: chmod or chown {facts.path}.",
        )
    if facts.is_read_only:
        yield _broken(
            facts,
            "is mounted read-only: no frame can be written there.",
            f"Mount it for writing: mount -o remount,rw {facts.path}",
        )
    elif facts.write_trouble:
        yield warning(
            PART,
            f"{_named(facts)} cannot be written to: {facts.write_trouble}. Frames can only go to "
            "folders below it that can.",
            f"Let the farm's account write there: chmod or chown {facts.path}.",
            subject=facts.path,
        )
    yield from _room(facts)


def _room(facts: FolderFacts) -> Iterator[Diagnosis]:
    used = 1 - facts.free_bytes / facts.total_bytes if facts.total_bytes else 0.0
    remedy = "Make room there: frames that cannot be written go back and wait."
    if facts.total_bytes and facts.free_bytes < LEAST_ROOM_BYTES:
        yield _broken(facts, f"has only {size(facts.free_bytes)} left.", remedy)
    elif used > FULL:
        found = f"{_named(facts)} is {100 * used:.0f} % full: {size(facts.free_bytes)} left."
        yield warning(PART, found, remedy, subject=facts.path)


def _broken(facts: FolderFacts, found: str, remedy: str) -> Diagnosis:
    return broken(PART, f"{_named(facts)} {found}", remedy, subject=facts.path)


def _named(facts: FolderFacts) -> str:
    return f"{facts.path} (show {facts.show})" if facts.show else facts.path


def _summary(facts: FolderFacts) -> str:
    link = f", which leads to {facts.leads_to}" if facts.leads_to else ""
    return f"{_named(facts)}{link}: readable, writable, {size(facts.free_bytes)} left"


def _quoted(name: str) -> str:
    return f"'{name}'" if " " in name else name
