"""Which part of a list, in which order: read from an address and written into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from brender_farm.domain.states import ShotState
from brender_farm.service.shapes.shots import Page

PAGE_SIZES = (25, 50, 100, 200)
MAX_SEARCH_CHARS = 200


def page_of(args: Mapping[str, str]) -> Page:
    """Read a list's page from query arguments; what makes no sense falls back to the default."""
    state = args.get("state", "")
    size = whole(args.get("size"), 50)
    return Page(
        search=args.get("search", "").strip()[:MAX_SEARCH_CHARS],
        state=state if state in set(ShotState) else "",
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
        "sort": (page.sort, "-id"),
        "page": (page.number, 1),
        "size": (page.size, 50),
    }
    return {name: value for name, (value, default) in wanted.items() if value != default}


def whole(text: str | None, default: int) -> int:
    """Read a whole number of up to 9 digits, or fall back."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else default


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
