"""Folders that unfinished shots write to."""

from __future__ import annotations

from collections.abc import Container

from brender_farm.db.core import reading
from brender_farm.db.reads.shots import is_taken


class TakenFolders(Container[str]):
    """Knows of a folder whether an unfinished shot writes to it: one query for each folder."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def __contains__(self, folder: object) -> bool:
        text = str(folder)
        if text not in self._known:
            with reading() as session:
                self._known[text] = is_taken(session, text)
        return self._known[text]
