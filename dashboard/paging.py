"""Which part of a list, in which order: read from an address and written into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from brender_farm.domain.shot_filter import ARCHIVED_ONLY, ARCHIVED_TOO
from brender_farm.domain.states import ShotState
from brender_farm.service.shapes.shots import Page

PAGE_SIZES = (25, 50, 100, 200)
MAX_SEARCH_CHARS = 200
_MAX_PRIORITY = 100
_MAX_FIELDS = 50


def page_of(args: Mapping[str, str]) -> Page:
    """Read a list's page from query arguments; what makes no sense falls back to the default."""
    size = whole(args.get("size"), 50)
    archived = args.get("archived", "")
    return Page(
        search=args.get("search", "").strip()[:MAX_SEARCH_CHARS],
        state=_states(args),
        show_id=_number(args.get("show")),
        submitter=args.get("submitter", "").strip()[:MAX_SEARCH_CHARS],
        min_priority=_priority(args.get("min_priority")),
        max_priority=_priority(args.get("max_priority")),
        since=_day(args.get("since")),
        until=_day(args.get("until")),
        archived=archived if archived in (ARCHIVED_ONLY, ARCHIVED_TOO) else "",
        sort=args.get("sort", "") or "-id",
        number=max(1, whole(args.get("page"), 1)),
        size=size if size in PAGE_SIZES else 50,
    )


def args_of(page: Page, **changes: Any) -> dict[str, Any]:
    """Write a page as query arguments, without those that are at their default.

    A changed filter or order begins at the first page again.
    """
    if changes.keys() - {"number"}:
        changes.setdefault("number", 1)
    page = replace(page, **changes)
    wanted = {
        "search": (page.search, ""),
        "state": (str(page.state), ""),
        "show": (page.show_id, None),
        "submitter": (page.submitter, ""),
        "min_priority": (page.min_priority, None),
        "max_priority": (page.max_priority, None),
        "since": (page.since and page.since.isoformat(), None),
        "until": (page.until and page.until.isoformat(), None),
        "archived": (page.archived, ""),
        "sort": (page.sort, "-id"),
        "page": (page.number, 1),
        "size": (page.size, 50),
    }
    return {name: value for name, (value, default) in wanted.items() if value != default}


def plain_query(text: str) -> str:
    """Return a list's address as it writes it itself: without its page, and what makes no sense."""
    return query_of(page_of(MultiDict(parse_qsl(text.removeprefix("?"))[:_MAX_FIELDS])))


def query_of(page: Page) -> str:
    """Return what a list shows, whichever page of it, as the end of an address."""
    return urlencode(args_of(page, number=1), errors="replace")


def whole(text: str | None, default: int) -> int:
    """Read a whole number of up to 9 digits, or fall back."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else default


def _number(text: str | None) -> int | None:
    number = whole(text, -1)
    return number if number >= 0 else None


def _priority(text: str | None) -> int | None:
    number = _number(text)
    return number if number is not None and number <= _MAX_PRIORITY else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text else None
    except ValueError:
        return None


def _states(args: Mapping[str, str]) -> str:
    """Read states that are given one by one, as a form does, or with commas between."""
    given = args.getlist("state") if isinstance(args, MultiDict) else [args.get("state", "")]
    named = {word.strip() for text in given for word in text.split(",")}
    return ",".join(state for state in ShotState if state in named)


@dataclass(frozen=True, slots=True)
class Slice:
    """Where a page lies in a list: for `51–100 of 240` and the links beside it."""

    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first_item(self) -> int:
        return min((self.number - 1) * self.size + 1, self.total)

    @property
    def last_item(self) -> int:
        return min(self.number * self.size, self.total)

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size
