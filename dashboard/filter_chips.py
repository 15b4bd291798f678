"""What a list is filtered by, as words that can be taken away one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from brender_farm.domain.shot_filter import ARCHIVED_ONLY, ARCHIVED_TOO, OF_NO_SHOW, ShotFilter
from brender_farm.service.shapes.shots import Page
from dashboard.paging import args_of


@dataclass(frozen=True, slots=True)
class FilterChip:
    """One thing that the list is filtered by."""

    words: str
    args: dict[str, Any]
    """The address of the list without it."""


def chips_of(page: Page, shows: Mapping[int, str]) -> tuple[FilterChip, ...]:
    """Return a chip for all that the list is filtered by, its states left out: they have theirs."""
    found = (
        (f"“{page.search}”" if page.search else "", {"search": ""}),
        (_show(page.show_id, shows), {"show_id": None}),
        (f"by {page.submitter}" if page.submitter else "", {"submitter": ""}),
        (_priorities(page), {"min_priority": None, "max_priority": None}),
        (_days(page), {"since": None, "until": None}),
        (_ARCHIVED.get(page.archived, ""), {"archived": ""}),
    )
    return tuple(FilterChip(words, args_of(page, **without)) for words, without in found if words)


_ARCHIVED = {ARCHIVED_ONLY: "archived", ARCHIVED_TOO: "archived as well"}


def _show(show_id: int | None, shows: Mapping[int, str]) -> str:
    if show_id is None:
        return ""
    return "of no show" if show_id == OF_NO_SHOW else f"of {shows.get(show_id, f'show {show_id}')}"


def _priorities(wanted: ShotFilter) -> str:
    low, high = wanted.min_priority, wanted.max_priority
    if low is not None and high is not None:
        return f"priority {low}" if low == high else f"priority {low} to {high}"
    if low is not None:
        return f"priority {low} or more"
    return f"priority {high} or less" if high is not None else ""


def _days(wanted: ShotFilter) -> str:
    since, until = wanted.since, wanted.until
    if since is not None and until is not None:
        return f"submitted {since}" if since == until else f"submitted {since} to {until}"
    if since is not None:
        return f"submitted since {since}"
    return f"submitted until {until}" if until is not None else ""
