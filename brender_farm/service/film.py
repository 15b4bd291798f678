"""A shot's frames in the order of time, for playing them one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from brender_farm.db.core import reading
from brender_farm.db.reads.frames import digests_between
from brender_farm.db.reads.shots import require_shot
from brender_farm.domain.frames import frame_list

TAG_SIGNS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmPart:
    """Some of a shot's frames by number, each with its picture's tag; empty: a gap."""

    frames: tuple[tuple[int, str], ...]
    total: int


def film_part(shot_id: int, *, offset: int, limit: int) -> FilmPart:
    """Return `limit` frames from `offset` on, in the order of their numbers. Raises NotFound."""
    with reading() as session:
        shot = require_shot(session, shot_id)
        numbers = sorted(frame_list(shot.frames))
        part = numbers[offset : offset + limit]
        found = digests_between(session, shot_id, part[0], part[-1]) if part else {}
        frames = tuple((number, found.get(number, "")[:TAG_SIGNS]) for number in part)
        return FilmPart(frames=frames, total=len(numbers))
