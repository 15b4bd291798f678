"""What is meant by a word: a shot by its number or name, a node by its name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from brender_farm.domain.shot_filter import ARCHIVED_TOO
from brender_farm.errors import NotFound

if TYPE_CHECKING:
    from brender_farm.client.backend import Backend
    from brender_farm.service.shapes.nodes import NodeRow
    from brender_farm.service.shapes.shots import ShotRow

_SEARCHED = 200
_NAMED = 5


def find_shots(farm: Backend, words: Iterable[str]) -> list[int]:
    """Return the numbers of these shots, each once. Raises NotFound, which names candidates."""
    return list(dict.fromkeys(find_shot(farm, word) for word in words))


def find_shot(farm: Backend, word: str) -> int:
    """Return the number of the shot that a number, or a name that is unique, means.

    Of several with one name the only one that is not archived is meant. A number is not looked up:
    what is done to the shot tells whether it is there. Raises NotFound, which names candidates.
    """
    if word.isascii() and word.isdigit():
        return int(word)
    found = _by_name(farm, word)
    same = [row for row in found if row.name.casefold() == word.casefold()]
    here = [row for row in same if not row.archived] or same
    if len(here) == 1:
        return here[0].id
    raise NotFound(_no_single(word, here, found))


def find_nodes(farm: Backend, names: Iterable[str]) -> list[NodeRow]:
    """Return the nodes of these names, each once. Raises NotFound, which names candidates."""
    rows = {row.name: row for row in farm.list_nodes().rows}
    found = {}
    for name in names:
        if name not in rows:
            near = difflib.get_close_matches(name, rows, 1)
            guess = f" Did you mean {near[0]}?" if near else ""
            raise NotFound(f"There is no node {name!r}.{guess} See: brender nodes")
        found[name] = rows[name]
    return list(found.values())


def _by_name(farm: Backend, word: str) -> tuple[ShotRow, ...]:
    from brender_farm.service.shapes.shots import Page

    return farm.list_shots(Page(search=word, archived=ARCHIVED_TOO, size=_SEARCHED)).rows


def _no_single(word: str, same: list[ShotRow], found: tuple[ShotRow, ...]) -> str:
    if same:
        return (
            f"{len(same)} shots are called {word!r}: {_list(same)}. Say the number of one of them."
        )
    if found:
        return f"There is no shot called {word!r}. Did you mean {_list(list(found))}?"
    return f"There is no shot called {word!r}. See: brender shots"


def _list(rows: list[ShotRow]) -> str:
    words = [f"{row.id} ({row.name}, {row.state}, {row.submitter})" for row in rows[:_NAMED]]
    more = [f"{len(rows) - _NAMED} more"] if len(rows) > _NAMED else []
    return ", ".join(words + more)
