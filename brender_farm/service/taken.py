"""Folders that unfinished shots write to."""

from __future__ import annotations

from collections.abc import Container

from brender_farm.db.core import reading
from brender_farm.db.reads.shots import is_taken


class TakenFolders(Container[str]):
    """Knows of a folder whether an unfinished shot writes to it: one query for each question."""

    def __contains__(self, folder: object) -> bool:
        with reading() as session:
            return is_taken(session, str(folder))
