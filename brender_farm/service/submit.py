"""Submitting a shot: the one way in, behind the Python API, the CLI, the form and the API."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from brender_farm.blendfile.digest import FileState, digest_of
from brender_farm.db.core import reading, writing
from brender_farm.db.models import Frame, Shot
from brender_farm.db.reads.dependencies import missing_shots
from brender_farm.db.reads.shots import is_taken
from brender_farm.db.reads.shows import existing_show
from brender_farm.db.writes.dependencies import come_after
from brender_farm.db.writes.events import add_event
from brender_farm.db.writes.shots import roll_up, set_pending, touch
from brender_farm.domain.frames import Spans, frame_list
from brender_farm.domain.states import FrameState, ShotState
from brender_farm.errors import BlendFileError, Fault, RequestRefused
from brender_farm.service.check import check
from brender_farm.service.existing import SoundFrame, sound_frames
from brender_farm.service.messages import announce
from brender_farm.service.output import make_output, remove_made
from brender_farm.service.requests import Checked, Existing, ShotRequest, Submitted
from brender_farm.service.snapshots import make_snapshot, remove_snapshot
from brender_farm.service.submit_keys import (
    OnceOnly,
    answered_before,
    keep_answer,
    look_for_answer,
)
from brender_farm.service.views import shot_row
from brender_farm.wire import write

_RACES = 20


def submit(request: ShotRequest, *, submitter: str, once: OnceOnly | None = None) -> Submitted:
    """Check and store a shot, then nudge the scheduler. Its cost does not grow with its frames.

    Reads the whole .blend once, for its digest. Never waits for the broker. `once` is a key: what
    the same request has made with it before is returned, and nothing is stored. Raises
    RequestRefused with every fault found; then nothing is stored, and nothing that was made for it
    is left.
    """
    if once is None:
        return _submit(request, submitter, None)
    try:
        return look_for_answer(once, submitter) or _submit(request, submitter, once)
    except RequestRefused:
        # The same may have been stored meanwhile, and have the folder that this one was refused.
        found = look_for_answer(once, submitter)
        if found is None:
            raise
        return found


def _submit(request: ShotRequest, submitter: str, once: OnceOnly | None) -> Submitted:
    for _ in range(_RACES - 1):
        try:
            return _submit_checked(check(request, submitter), submitter, once)
        except _Overtaken:
            continue  # checked anew, it gets the next version, or is told who has the folder
    return _submit_checked(check(request, submitter), submitter, once)


class _Overtaken(RequestRefused):
    """What was checked is no longer so: a folder taken, the .blend saved again, a shot deleted."""


def _submit_checked(checked: Checked, submitter: str, once: OnceOnly | None) -> Submitted:
    with ExitStack() as undo:
        _make_folder(Path(checked.output_dir), undo)
        found = sound_frames(checked) if checked.existing is Existing.MISSING else ()
        blend, state = _take_blend(checked, undo)
        now = datetime.now(UTC)
        with writing() as session:
            found_answer = answered_before(session, once, submitter, now=now)
            if found_answer is not None:
                return found_answer
            if is_taken(session, checked.output_dir):
                raise _Overtaken(_FOLDER_RACE)
            shot = _store(session, checked, blend, state, submitter, now)
            _store_found(session, shot, found, now)
            _store_waits(session, shot, checked, now)
            keep_answer(session, once, shot, checked.warnings, now=now)
            roll_up(session, shot, now=now)
            touch(session, shot)
            row = shot_row(shot)
        undo.pop_all()
    announce()
    return Submitted(shot=row, output_dir=checked.output_dir, warnings=checked.warnings)


_FOLDER_RACE = Fault(
    field="output",
    message="Other submissions keep taking its folder.",
    remedy="Give each shot an output folder of its own.",
)
_BLEND_RACE = Fault(
    field="blend",
    message="It is saved again and again while it is read.",
    remedy="Wait until it is saved for good, then submit it again.",
)

_DELETION_RACE = Fault(
    field="after",
    message="Shots that it is to come after are deleted meanwhile.",
    remedy="Look which are left: brender shots",
)


def _make_folder(folder: Path, undo: ExitStack) -> None:
    made = make_output(folder)
    undo.callback(_leave_folder, folder, made)


def _leave_folder(folder: Path, made: Sequence[Path]) -> None:
    """Remove the folder that was made for nothing, unless another shot has it meanwhile."""
    with reading() as session:
        if is_taken(session, str(folder)):
            return
    remove_made(made)


def _take_blend(checked: Checked, undo: ExitStack) -> tuple[Path, FileState]:
    """Return the file that nodes will open, the .blend or a new copy of it, and its state."""
    blend = Path(checked.blend)
    try:
        if checked.snapshot:
            snapshot = make_snapshot(blend)
            undo.callback(remove_snapshot, snapshot.path)
            blend, state, original = snapshot.path, snapshot.state, snapshot.original
        else:
            state = original = digest_of(blend)
    except BlendFileError as error:
        raise RequestRefused(Fault(field="blend", message=str(error), remedy="")) from error
    if (original.byte_count, original.mtime_ns) != (
        checked.blend_size_bytes,
        checked.blend_mtime_ns,
    ):
        raise _Overtaken(_BLEND_RACE)
    return blend, state


def _store(
    session: Session,
    checked: Checked,
    blend: Path,
    state: FileState,
    submitter: str,
    now: datetime,
) -> Shot:
    shot = Shot(
        name=checked.name,
        state=ShotState.QUEUED,
        priority=checked.priority,
        submitter=submitter,
        created_at=now,
        blend=str(blend),
        blend_size_bytes=state.byte_count,
        blend_mtime_ns=state.mtime_ns,
        blend_ctime_ns=state.ctime_ns,
        blend_digest=state.digest,
        source_blend=checked.blend if checked.snapshot else None,
        blend_version=checked.blend_version,
        scene=checked.scene,
        format=checked.format,
        width=checked.width,
        height=checked.height,
        size_given=checked.size_given,
        output_dir=checked.output_dir,
        padding=checked.padding,
        existing=checked.existing,
        chunk_size=checked.chunk_size,
        frame_limit_s=checked.frame_limit_s,
        memory_limit_bytes=checked.memory_limit_bytes,
        tags=list(checked.tags),
        not_tags=list(checked.not_tags),
        min_memory_bytes=checked.min_memory_bytes,
        max_nodes=checked.max_nodes,
        pool=checked.pool,
        blender=checked.blender,
        device=checked.device,
        limit_names=list(checked.limit_names),
        not_before=checked.not_before,
        race=checked.race,
        show_id=existing_show(session, checked.show_id),
        file_prefix=checked.file_prefix,
        render=write(checked.render),
        notes=checked.notes,
        warnings=list(checked.warnings),
        frames=checked.frames,
        frame_count=checked.frame_count,
        pending=Spans.all(checked.frame_count).encode(),
        pending_count=checked.frame_count,
        done_count=0,
        failed_count=0,
        failed_run=0,
        rev=0,
    )
    session.add(shot)
    session.flush()
    add_event(
        session,
        at=now,
        actor=submitter,
        subject="shot",
        subject_id=shot.id,
        from_state="",
        to_state=ShotState.QUEUED,
        reason=f"Submitted with {shot.frame_count} frames.",
    )
    return shot


def _store_waits(session: Session, shot: Shot, checked: Checked, now: datetime) -> None:
    """Keep what the shot comes after."""
    if missing_shots(session, (*checked.after, *checked.after_frames)):
        raise _Overtaken(_DELETION_RACE)
    if checked.after or checked.after_frames or checked.not_before:
        come_after(session, shot, checked.after, checked.after_frames, now=now)


def _store_found(session: Session, shot: Shot, found: Sequence[SoundFrame], now: datetime) -> None:
    """Count frames whose files are there and sound as done."""
    if not found:
        return
    order = frame_list(shot.frames)
    positions = [order.position(sound.frame) for sound in found]
    there = Spans.of(position for position in positions if position is not None)
    set_pending(shot, Spans.decode(shot.pending) - there)
    shot.done_count = len(found)
    session.add_all(
        Frame(
            shot_id=shot.id,
            frame=sound.frame,
            state=FrameState.DONE,
            byte_count=sound.byte_count,
            digest=sound.digest,
            reason="It was there before this shot.",
            at=now,
        )
        for sound in found
    )
