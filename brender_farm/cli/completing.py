"""What a shell offers for a word that names something of the farm."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from brender_farm.client.backend import Backend

Offer = tuple[str, str]
"""A word, and what it is."""
_MOST = 50
_AS_IT_IS = re.compile(r"[\w.+@%/-]+\Z")
"""Words that no shell takes apart or understands otherwise."""


def offers(kind: str, incomplete: str) -> list[Offer]:
    """Return the words that may be meant: "shot", "node", "show" or "preset".

    Whatever goes wrong, there is nothing to offer: somebody is typing, and must not be disturbed.
    """
    found: list[Offer] = []
    with contextlib.suppress(Exception), _silence():
        farm = _farm()
        if farm is not None:
            found = _KINDS[kind](farm, incomplete)
    return [each for each in found if _AS_IT_IS.match(each[0])]


def _farm() -> Backend | None:
    """Return this process's farm; None when there is no database yet, which is not made here."""
    from brender_farm.client import this_farm
    from brender_farm.config import load_address, settings

    if load_address().url is None:
        kind, _, path = settings().database_url.partition(":///")
        if kind == "sqlite" and not os.path.exists(path):  # noqa: PTH110 - pathlib is slower to load
            return None
    return this_farm()


def _shots(farm: Backend, incomplete: str) -> list[Offer]:
    from brender_farm.service.shapes.shots import Page

    rows = farm.list_shots(Page(search=incomplete, size=_MOST)).rows
    if not incomplete or incomplete.isdigit():
        return [
            (str(row.id), f"{row.name} · {row.state}")
            for row in rows
            if str(row.id).startswith(incomplete)
        ]
    typed = incomplete.casefold()
    names: dict[str, str] = {}
    for row in rows:
        if row.name.casefold().startswith(typed):
            names.setdefault(row.name, f"{row.id} · {row.state}")
    return list(names.items())


def _nodes(farm: Backend, incomplete: str) -> list[Offer]:
    return [
        (row.name, f"{'online' if row.online else 'offline'}, {row.intent}")
        for row in farm.list_nodes().rows
        if row.name.startswith(incomplete)
    ]


def _shows(farm: Backend, incomplete: str) -> list[Offer]:
    return [(row.name, row.root) for row in farm.list_shows() if row.name.startswith(incomplete)]


def _presets(farm: Backend, incomplete: str) -> list[Offer]:
    found = [(row.name, row.sentence) for row in farm.list_presets()]
    return [each for each in found if each[0].startswith(incomplete)]


_KINDS: dict[str, Callable[[Backend, str], list[Offer]]] = {
    "shot": _shots,
    "node": _nodes,
    "show": _shows,
    "preset": _presets,
}


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep warnings and logs of the libraries off the line that is being typed."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - as above
        before, sys.stderr = sys.stderr, nowhere
        try:
            yield
        finally:
            sys.stderr = before
