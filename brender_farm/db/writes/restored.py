"""Making a restored database safe to go on with. Inside `writing()`.

Since the backup was taken the farm has gone on: nodes may hold chunks that the database no longer
knows, or that it knows as live.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Farm, LooseChunk, Shot
from brender_farm.db.writes.chunks import lose_chunk
from brender_farm.db.writes.events import add_event
from brender_farm.db.writes.shots import roll_up
from brender_farm.domain.states import LIVE_CHUNK_STATES, UNFINISHED_SHOT_STATES

_REASON = "The farm's database was restored from a backup."
_NOBODY = 0
"""No node's id: only a later chunk's fence ends such a loose chunk."""
_REVS_AHEAD = 1_000_000
_EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
_CHUNKS_PER_SECOND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeSafe:
    """What had to be done to a restored database."""

    lost_chunks: int
    """Chunks that were live when the backup was taken."""
    stray_chunks: int
    """Chunks handed out later, whose drafts lie in the output folders."""
    last_chunk_id: int
    """New chunks are numbered from the next one on."""


def never_used_chunk_id(now: datetime) -> int:
    """Return a number above the id of any chunk handed out before now, in whatever database.

    A farm hands out far fewer than a thousand chunks a second, so counting a thousand for each
    second since 2025 stays ahead of it, however many backups were restored in whatever order.
    """
    return int((now - _EPOCH).total_seconds() * _CHUNKS_PER_SECOND)


def make_safe(
    session: Session, *, source: str, drafts: Mapping[str, Iterable[int]], now: datetime
) -> MadeSafe:
    """End the live chunks, fence them and those handed out since, and number new ones apart.

    `drafts` are the ids of the chunks with drafts in each output folder of `unfinished_folders`.
    """
    strays = _fence_strays(session, drafts, now)
    lost = _lose_live_chunks(session, now)
    last = _number_apart(session, now)
    # An open page's tag must not be one that the restored database will reach once more.
    session.execute(update(Shot).values(rev=Shot.rev + _REVS_AHEAD))
    revs = {"shots_rev": Farm.shots_rev + _REVS_AHEAD, "nodes_rev": Farm.nodes_rev + _REVS_AHEAD}
    session.execute(update(Farm).values(pass_at=None, **revs))
    add_event(
        session,
        at=now,
        actor="farm",
        subject="farm",
        subject_id=1,
        from_state="",
        to_state="restored",
        reason=f"From {source}: {lost} live chunks ended; new ones are numbered above {last}.",
    )
    return MadeSafe(lost_chunks=lost, stray_chunks=strays, last_chunk_id=last)


def unfinished_folders(session: Session) -> set[str]:
    """Return the output folders that chunks may still be writing to."""
    wanted = select(Shot.output_dir).where(Shot.state.in_(UNFINISHED_SHOT_STATES))
    return set(session.scalars(wanted))


def _fence_strays(session: Session, drafts: Mapping[str, Iterable[int]], now: datetime) -> int:
    found = {chunk_id: folder for folder, ids in drafts.items() for chunk_id in ids}
    known = set(session.scalars(select(Chunk.id).where(Chunk.id.in_(found)))) | set(
        session.scalars(select(LooseChunk.chunk_id))
    )
    strays = [
        LooseChunk(chunk_id=chunk_id, node_id=_NOBODY, output_dir=folder, since=now)
        for chunk_id, folder in found.items()
        if chunk_id not in known
    ]
    session.add_all(strays)
    return len(strays)


def _lose_live_chunks(session: Session, now: datetime) -> int:
    live = list(session.scalars(select(Chunk).where(Chunk.state.in_(LIVE_CHUNK_STATES))))
    for chunk in live:
        shot = session.get_one(Shot, chunk.shot_id)
        lose_chunk(session, chunk, shot, now=now, reason=_REASON)
        roll_up(session, shot, now=now)
    return len(live)


def _number_apart(session: Session, now: datetime) -> int:
    """Never use a chunk's id again, those handed out since the backup included."""
    newest = session.scalar(select(func.max(Chunk.id))) or 0
    last = never_used_chunk_id(now)
    if last <= newest:  # only where the clock is wrong
        last = newest + 1_000_000
    if session.connection().dialect.name == "sqlite":
        session.execute(text("DELETE FROM sqlite_sequence WHERE name = 'chunks'"))
        session.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES ('chunks', :last)"),
            {"last": last},
        )
    else:
        session.execute(text(numbering_from(last)))
    return last


def numbering_from(last: int) -> str:
    """Return the PostgreSQL statement that numbers new chunks from the next one on."""
    return f"SELECT setval(pg_get_serial_sequence('chunks', 'id'), {last:d})"
