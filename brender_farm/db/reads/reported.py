"""Everything that a report tells of, read at once: a report may tell of hundreds of frames."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, load_only

from brender_farm.db.models import Chunk, Frame, Node, Shot

_NODE = (
    select(Node)
    .where(Node.name == bindparam("name"))
    # Without what its heartbeats said, which nothing here asks for.
    .options(load_only(Node.id, Node.name, Node.intent, Node.speed, Node.bans_in_row))
)
_CHUNKS = (
    select(Chunk, Shot)
    .join(Shot, Shot.id == Chunk.shot_id)
    .where(Chunk.id.in_(bindparam("ids", expanding=True)))
)
_FRAMES = select(Frame).where(
    Frame.shot_id == bindparam("shot_id"), Frame.frame.in_(bindparam("numbers", expanding=True))
)


def reporting_node(session: Session, name: str) -> Node | None:
    return session.scalars(_NODE, {"name": name}).one_or_none()


def reported_chunks(session: Session, ids: Iterable[int]) -> dict[int, tuple[Chunk, Shot]]:
    """Return these chunks with their shots, by id; one of a deleted shot is not among them."""
    found = session.execute(_CHUNKS, {"ids": list(ids)})
    return {chunk.id: (chunk, shot) for chunk, shot in found}


def reported_frames(
    session: Session, wanted: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], Frame]:
    """Return the stored ones of these frames, by (shot's id, number)."""
    numbers: dict[int, list[int]] = defaultdict(list)
    for shot_id, number in wanted:
        numbers[shot_id].append(number)
    return {
        (shot_id, frame.frame): frame
        for shot_id, some in numbers.items()
        for frame in session.scalars(_FRAMES, {"shot_id": shot_id, "numbers": some})
    }
