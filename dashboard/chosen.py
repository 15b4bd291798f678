"""Shots that somebody chose: read from a form, and carried on in one field."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from werkzeug.datastructures import MultiDict

from brender_farm.service.bulk import MAX_SHOTS
from dashboard.paging import whole


def chosen_ids(form: MultiDict[str, str]) -> list[int]:
    """Return the shots that are checked in the list, or named by the page that asked first."""
    checked = [whole(text, -1) for text in form.getlist("shot")]
    return [*(number for number in checked if number > 0), *read_runs(form.get("ids", ""))]


def write_runs(ids: Iterable[int]) -> str:
    """Write numbers as runs: `1-500,502`."""
    runs = []
    for _, run in groupby(enumerate(sorted(set(ids))), lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in run]
        runs.append(f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else str(numbers[0]))
    return ",".join(runs)


def read_runs(text: str) -> list[int]:
    """Read such runs; what is none is left out, and what is too much to be chosen."""
    found: list[int] = []
    for run in text.split(","):
        first, _, last = run.partition("-")
        low = whole(first, 0)
        high = whole(last, low) if last else low
        room = MAX_SHOTS + 1 - len(found)
        found += range(low, min(high + 1, low + room)) if low else ()
    return found
