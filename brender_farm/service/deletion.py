"""Deleting a shot: what the farm knows of it goes, its finished frames stay."""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

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


def delete_shot(shot_id: int, *, actor: str, reason: str = "") -> None:
    """Stop a shot at once and forget it, its chunks, its logs and its snapshot.

    Its finished frames stay where they are. Raises NotFound, and ActionRefused while unfinished
    shots wait for it.
    """
    now = datetime.now(UTC)
    with writing() as session:
        shot = require_shot(session, shot_id)
        _require_unawaited(session, shot)
        why = "The shot was deleted."
        orders = Orders(
            stop=end_live_chunks(session, shot, ChunkState.CANCELLED, now=now, reason=why)
        )
        add_event(
            session,
            at=now,
            actor=actor,
            subject="shot",
            subject_id=shot_id,
            from_state=shot.state,
            to_state="deleted",
            reason=f"{shot.name}, {shot.frame_count} frames. {reason}".strip(),
        )
        folder, snapshot = shot.output_dir, shot.blend if shot.source_blend else None
        chunk_ids = list(session.scalars(select(Chunk.id).where(Chunk.shot_id == shot_id)))
        shared = session.scalar(
            select(func.count()).select_from(Shot).where(Shot.output_dir == folder)
        )
        forget_followers(session, shot, now=now)
        session.flush()
        for table in (Frame, Chunk):
            session.execute(delete(table).where(table.shot_id == shot_id))
        session.execute(delete(Shot).where(Shot.id == shot_id))
        session.execute(update(Farm).values(shots_rev=Farm.shots_rev + 1))
    announce(orders)
    if snapshot is not None:
        remove_snapshot(Path(snapshot))
    _remove_traces(folder, chunk_ids, is_shared=(shared or 0) > 1)


def _require_unawaited(session: Session, shot: Shot) -> None:
    waiting = waiting_for(session, shot.id)
    if waiting:
        one = len(waiting) == 1
        raise ActionRefused(
            f"{numbered(waiting).capitalize()} {'waits' if one else 'wait'} for it: "
            f"start or delete {'that one' if one else 'them'} first."
        )


def _remove_traces(folder: str, chunk_ids: list[int], *, is_shared: bool) -> None:
    """Remove logs and drafts; what cannot be removed stays, and harms nobody."""
    try:
        output = confine(folder, current_settings().roots, "output")
        if not is_shared:
            shutil.rmtree(output / WORK_FOLDER, ignore_errors=True)
            return
        for chunk_id in chunk_ids:
            log_path(output, chunk_id).unlink(missing_ok=True)
    except (OSError, RequestRefused) as error:
        log.info("A deleted shot's logs stay.", extra={"folder": folder, "error": str(error)})
