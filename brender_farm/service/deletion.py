"""Deleting a shot: what the farm knows of it goes, its finished frames stay."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from brender_farm.beneath import opened_folder
from brender_farm.db.core import current_settings, writing
from brender_farm.db.models import Chunk, Farm, Frame, Shot
from brender_farm.db.reads.dependencies import waiting_for
from brender_farm.db.reads.shots import require_shot
from brender_farm.db.writes.chunks import end_live_chunks
from brender_farm.db.writes.dependencies import forget_followers
from brender_farm.db.writes.events import add_event
from brender_farm.domain.dependencies import numbered
from brender_farm.domain.paths import confine
from brender_farm.domain.places import WORK_FOLDER, log_path
from brender_farm.domain.states import ChunkState
from brender_farm.errors import ActionRefused, RequestRefused
from brender_farm.service.messages import Orders, announce
from brender_farm.service.snapshots import remove_snapshot

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A shot that the database knows no more: what nodes are to be told, what is left on disk."""

    orders: Orders
    folder: str
    chunk_ids: tuple[int, ...]
    is_shared: bool
    """Whether another shot has the same output folder."""
    snapshot: str | None


def delete_shot(shot_id: int, *, actor: str, reason: str = "") -> None:
    """Stop a shot at once and forget it, its chunks, its logs and its snapshot.

    Its finished frames stay where they are. Raises NotFound, and ActionRefused while unfinished
    shots wait for it.
    """
    now = datetime.now(UTC)
    with writing() as session:
        shot = require_shot(session, shot_id)
        forgotten = forget(session, shot, actor=actor, reason=reason, now=now)
    announce(forgotten.orders)
    remove_traces(forgotten)


def forget(session: Session, shot: Shot, *, actor: str, reason: str, now: datetime) -> Forgotten:
    """Take a shot out of the database, in the open transaction.

    Raises ActionRefused while unfinished shots wait for it. When the transaction has ended, its
    traces are to be removed.
    """
    _require_unawaited(session, shot)
    why = "The shot was deleted."
    orders = Orders(stop=end_live_chunks(session, shot, ChunkState.CANCELLED, now=now, reason=why))
    add_event(
        session,
        at=now,
        actor=actor,
        subject="shot",
        subject_id=shot.id,
        from_state=shot.state,
        to_state="deleted",
        reason=f"{shot.name}, {shot.frame_count} frames. {reason}".strip(),
    )
    same_folder = select(func.count()).select_from(Shot).where(Shot.output_dir == shot.output_dir)
    forgotten = Forgotten(
        orders=orders,
        folder=shot.output_dir,
        chunk_ids=tuple(session.scalars(select(Chunk.id).where(Chunk.shot_id == shot.id))),
        is_shared=(session.scalar(same_folder) or 0) > 1,
        snapshot=shot.blend if shot.source_blend else None,
    )
    forget_followers(session, shot, now=now)
    session.flush()
    for table in (Frame, Chunk):
        session.execute(delete(table).where(table.shot_id == shot.id))
    session.execute(delete(Shot).where(Shot.id == shot.id))
    session.execute(update(Farm).values(shots_rev=Farm.shots_rev + 1))
    return forgotten


def remove_traces(forgotten: Forgotten) -> None:
    """Remove a forgotten shot's snapshot, logs and drafts; finished frames stay.

    What cannot be removed stays, and harms nobody.
    """
    if forgotten.snapshot is not None:
        remove_snapshot(Path(forgotten.snapshot))
    try:
        output = confine(forgotten.folder, current_settings().roots, "output")
        if not forgotten.is_shared:
            shutil.rmtree(output / WORK_FOLDER, ignore_errors=True)  # not what a link leads to
            return
        work, logs = log_path(output, 0).relative_to(output).parts[:2]
        with opened_folder(output, work, logs) as folder:
            for chunk_id in forgotten.chunk_ids:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(log_path(output, chunk_id).name, dir_fd=folder)
    except (OSError, RequestRefused) as error:
        where = {"folder": forgotten.folder, "error": str(error)}
        log.info("A deleted shot's logs stay.", extra=where)


def _require_unawaited(session: Session, shot: Shot) -> None:
    waiting = waiting_for(session, shot.id)
    if waiting:
        one = len(waiting) == 1
        raise ActionRefused(
            f"{numbered(waiting).capitalize()} {'waits' if one else 'wait'} for it: "
            f"start or delete {'that one' if one else 'them'} first."
        )
