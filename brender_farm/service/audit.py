"""Auditing: whether each finished frame is still on the disk as it was when it was proven.

Files are read without holding a transaction. What is missing or changed is looked at twice, then
put back to pending in one transaction, unless it was rendered again meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from brender_farm.db.core import current_settings, reading, writing
from brender_farm.db.models import Shot
from brender_farm.db.reads.audit import (
    RecordedFrame,
    recorded_frames,
    still_recorded,
    successor_in_folder,
)
from brender_farm.db.writes.shots import touch
from brender_farm.domain.formats import FORMATS
from brender_farm.domain.paths import is_inside
from brender_farm.domain.states import ShotState
from brender_farm.errors import NotFound
from brender_farm.service.audit_files import Look, OutputFolder
from brender_farm.service.audit_result import MAX_LISTED, AuditResult, BadFrame
from brender_farm.service.audit_verdict import put_back
from brender_farm.service.messages import announce

_PAGE = 200

OnFrame = Callable[[int, int], None]
"""Called after each frame with how many were looked at, and how many there are."""


def audit_shot(
    shot_id: int,
    actor: str,
    *,
    full: bool = True,
    automatic: bool = False,
    on_frame: OnFrame = lambda _done, _total: None,
) -> AuditResult:
    """Compare a shot's finished files with what is recorded; put what is bad back to pending.

    With `full` every byte is compared, else existence and size. What `on_frame` raises ends the
    audit, and nothing is changed then. A cancelled shot is only reported on, and so is one whose
    folder another shot has taken over; a folder that cannot be seen changes nothing. Raises
    NotFound.
    """
    began = time.monotonic()
    case = _open(shot_id)
    trouble = case.trouble()
    if not trouble:
        _look_through(case, full, on_frame)
        trouble = case.trouble()  # a disk that went away meanwhile has no missing files
    with writing() as session:
        shot = session.get(Shot, shot_id)
        if shot is None:
            raise NotFound(f"There is no shot {shot_id}.")
        verdict = _Verdict(actor, full, automatic, began, trouble)
        result = _conclude(session, shot, case, verdict)
    if result.put_back_count:
        announce()
    return result


@dataclass(slots=True)
class _Case:
    """A shot under audit, and what was seen of it so far."""

    shot_id: int
    folder: OutputFolder
    done_count: int
    finished_at: datetime | None
    checked_count: int = 0
    bytes_read: int = 0
    bad: list[tuple[RecordedFrame, Look]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def trouble(self) -> str:
        roots = current_settings().roots
        if not is_inside(self.folder.path.resolve(), roots):
            return (
                f"The folder {self.folder.path} is outside the folders this machine may use. "
                "Add it to BRENDER_ROOTS."
            )
        return self.folder.trouble()


@dataclass(frozen=True, slots=True)
class _Verdict:
    actor: str
    full: bool
    automatic: bool
    began: float
    trouble: str


def _open(shot_id: int) -> _Case:
    with reading() as session:
        shot = session.get(Shot, shot_id)
        if shot is None:
            raise NotFound(f"There is no shot {shot_id}.")
        folder = OutputFolder(
            Path(shot.output_dir), shot.padding, FORMATS[shot.format], shot.file_prefix
        )
        return _Case(shot.id, folder, shot.done_count, shot.finished_at)


def _look_through(case: _Case, full: bool, on_frame: OnFrame) -> None:
    suspects = _suspects(case, full, on_frame)
    if case.folder.trouble():
        return
    for frame in suspects:
        look = case.folder.look_at(frame, full=full)
        if look.wrong:
            case.bad.append((frame, look))
        _note(case, look)


def _suspects(case: _Case, full: bool, on_frame: OnFrame) -> list[RecordedFrame]:
    """Return what looks bad at the first look."""
    after, suspects = -1, []
    while page := _next_page(case, after):
        if case.folder.trouble():
            break
        for frame in page:
            look = case.folder.look_at(frame, full=full)
            if look.wrong:
                suspects.append(frame)
            _note(case, look)
            case.checked_count += 1
            on_frame(case.checked_count, max(case.done_count, case.checked_count))
        after = page[-1].frame
    return suspects


def _note(case: _Case, look: Look) -> None:
    case.bytes_read += look.bytes_read
    if look.unread:
        case.unread.append(look.unread)


def _next_page(case: _Case, after: int) -> list[RecordedFrame]:
    with reading() as session:
        return recorded_frames(session, case.shot_id, after=after, limit=_PAGE)


def _conclude(session: Session, shot: Shot, case: _Case, verdict: _Verdict) -> AuditResult:
    """Put back what is bad, and keep the result with the shot."""
    now = datetime.now(UTC)
    kept = _why_kept(session, shot) if case.bad else ""
    back: list[tuple[RecordedFrame, Look]] = []
    if case.bad and not kept and not verdict.trouble:
        same = {f.frame for f in still_recorded(session, shot.id, [f for f, _ in case.bad])}
        back = [(frame, look) for frame, look in case.bad if frame.frame in same]
    in_row = _finds_in_row(shot, found=bool(back), verdict=verdict)
    if back:
        put_back(session, shot, back, actor=verdict.actor, finds_in_row=in_row, now=now)
    elif not verdict.trouble and shot.finished_at and shot.finished_at == case.finished_at:
        shot.audited_at = max(now, shot.finished_at)
    result = AuditResult(
        shot_id=shot.id,
        state=ShotState(shot.state),
        at=now,
        actor=verdict.actor,
        full=verdict.full,
        checked_count=case.checked_count,
        bad_count=len(case.bad),
        put_back_count=len(back),
        unread_count=len(case.unread),
        bad=tuple(
            BadFrame(frame=frame.frame, wrong=look.wrong) for frame, look in case.bad[:MAX_LISTED]
        ),
        kept=kept,
        trouble=verdict.trouble or _unread_trouble(case),
        finds_in_row=in_row,
        bytes_read=case.bytes_read,
        seconds=round(time.monotonic() - verdict.began, 3),
    )
    shot.audit = result.stored()
    touch(session, shot)
    return result


def _why_kept(session: Session, shot: Shot) -> str:
    if shot.state is ShotState.CANCELLED:
        return "The shot is cancelled: nothing of it is rendered any more."
    successor = successor_in_folder(session, shot)
    if successor is not None:
        return (
            f"Shot {successor} was submitted into the same folder later: the files may be its "
            "own. Audit that one."
        )
    return ""


def _unread_trouble(case: _Case) -> str:
    if not case.unread:
        return ""
    return (
        f"{len(case.unread)} of {case.checked_count} frames could not be read, the first: "
        f"{case.unread[0]} Give the farm the right to read them, then audit again."
    )


def _finds_in_row(shot: Shot, *, found: bool, verdict: _Verdict) -> int:
    before = int((shot.audit or {}).get("finds_in_row", 0))
    if found:
        return before + verdict.automatic
    return before if verdict.trouble else 0
