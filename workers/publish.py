"""From a draft to a frame: proven, still ours, moved into place, reported; beside the render.

All files of a frame share its fate: one that is not whole keeps the others back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from redis import RedisError

from brender_farm import wire
from brender_farm.broker.board import Permit
from brender_farm.domain.formats import ImageFormat
from brender_farm.errors import FrameFailed, SceneRefused
from workers.fences import left_drafts, remove_drafts
from workers.moving import move_into_place
from workers.tidying import Tidying

if TYPE_CHECKING:
    from brender_farm.broker.board import Board
    from workers.blender.prove import Proof, Prover
    from workers.blender.scene import Written, WrittenFile
    from workers.outbox import Outbox

_T = TypeVar("_T")

log = logging.getLogger(__name__)

PROOF_TIMEOUT_S = 300.0
ASK_AGAIN_S = 0.5
MAX_FILES = 500
"""What one report takes (wire.FrameDone)."""
REASON_LIMIT = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A frame that Blender says it has written, and where it belongs."""

    chunk_id: int
    written: Written
    target: Path
    width: int
    height: int
    format: ImageFormat


class Publisher:
    """Publishes drafts on threads of its own, so that the next frame renders meanwhile."""

    def __init__(self, *, prover: Prover, board: Board, outbox: Outbox, slots: int) -> None:
        self._prover = prover
        self._board = board
        self._outbox = outbox
        self.on_failure: Callable[[wire.FrameFailed], None] = outbox.post
        """Who hears of a frame that could not be published; called on a thread of the publisher."""
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="publish")
        self._closing = threading.Event()
        self._raced: set[int] = set()
        self._tidying = Tidying(sweep=self.sweep, is_live=board.is_live, closing=self._closing)

    def prepare(self) -> None:
        """Have the decoder started, beside whatever Blender does, so that no frame waits for it."""
        if not self._prover.is_running:
            self._pool.submit(self._prover.start)

    def publish(self, draft: Draft, stopped: threading.Event) -> Future[bool]:
        """Prove a draft and put it in its place; the future tells whether it got there."""
        return self._pool.submit(self._publish, draft, stopped)

    def is_live(self, chunk_id: int, stopped: threading.Event) -> bool:
        """Tell whether a chunk is still this node's; while nobody knows, wait for the answer."""
        return bool(self._ask(lambda: self._board.is_live(chunk_id), stopped))

    def sweep(self, output_dir: Path, chunk_id: int, running: frozenset[int] = frozenset()) -> None:
        """Remove this chunk's drafts, and those of chunks that are over and left some behind.

        `running` are the chunks that this node is at itself: the farm need not be asked about them.
        """
        remove_drafts(output_dir, [chunk_id])
        try:
            asked = left_drafts(output_dir) - running
            # At once: one of every slot of the farm may be here.
            live = self._board.live_among(asked) if asked else None
            if live is not None:
                remove_drafts(output_dir, asked - live)
        except (OSError, RedisError) as error:
            log.info("Old drafts could not be looked for.", extra={"error": str(error)})
        if chunk_id in self._raced:
            self._raced.discard(chunk_id)
            self._tidying.later(output_dir, chunk_id)

    def close(self) -> None:
        self._closing.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _publish(self, draft: Draft, stopped: threading.Event) -> bool:
        try:
            proof, files = self._prove(draft)
            if not self._may_publish(draft, stopped):
                return False
            _put_in_place(draft)
        except (FrameFailed, SceneRefused, OSError) as error:
            self._fail(draft, error, stopped)
            return False
        self._outbox.post(_done(draft, proof, files))
        return True

    def _may_publish(self, draft: Draft, stopped: threading.Event) -> bool:
        """Tell whether a frame is still this node's: its chunk is live, and no rival was first."""
        chunk_id, frame = draft.chunk_id, draft.written.frame
        permit = self._ask(lambda: self._board.claim(chunk_id, frame), stopped)
        if permit is Permit.GRANTED_IN_RACE:
            self._raced.add(chunk_id)
        return permit in (Permit.GRANTED, Permit.GRANTED_IN_RACE)

    def _ask(self, question: Callable[[], _T | None], stopped: threading.Event) -> _T | None:
        while not (stopped.is_set() or self._closing.is_set()):
            try:
                answer = question()
            except (RedisError, OSError):
                answer = None
            if answer is not None:
                return answer
            self._closing.wait(ASK_AGAIN_S)
        return None

    def _prove(self, draft: Draft) -> tuple[Proof, list[wire.FrameFile]]:
        """Prove the picture and every other file; one that is not whole fails them all."""
        written, size = draft.written, (draft.width, draft.height)
        count = len(written.views) + len(written.outputs)
        if count > MAX_FILES:
            message = f"The frame has {count} files beside its picture; {MAX_FILES} are the limit."
            raise SceneRefused(message)
        picture = self._prover.prove(written.path, *size, draft.format, PROOF_TIMEOUT_S)
        views = [
            (view, self._prover.prove(view.path, *size, draft.format, PROOF_TIMEOUT_S))
            for view in written.views
        ]
        outputs = [
            (output, self._prover.prove_file(output.path, PROOF_TIMEOUT_S))
            for output in written.outputs
        ]
        return picture, [_file(file, proof) for file, proof in views + outputs]

    def _fail(self, draft: Draft, error: Exception, stopped: threading.Event) -> None:
        """Report why a frame is not published, unless it is not this node's frame any more."""
        was_removed = not draft.written.path.parent.is_dir()
        if stopped.is_set() or (was_removed and not self.is_live(draft.chunk_id, stopped)):
            return  # whoever took the frames over has removed the drafts
        failed = wire.FrameFailed(
            chunk_id=draft.chunk_id,
            frame=draft.written.frame,
            reason=_reason(draft, error)[:REASON_LIMIT],
            permanent=isinstance(error, SceneRefused),
        )
        self.on_failure(failed)


def _put_in_place(draft: Draft) -> None:
    """Move all files of a frame; its picture last, because that is what makes it a frame."""
    for file in [*draft.written.views, *draft.written.outputs]:
        move_into_place(file.path, draft.target.parent, file.name)
    move_into_place(draft.written.path, draft.target.parent, draft.target.name)


def _reason(draft: Draft, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{draft.target} could not be put in its place: {error.strerror}."
    return str(error)


def _file(file: WrittenFile, proof: Proof) -> wire.FrameFile:
    return wire.FrameFile(name=file.name, byte_count=proof.byte_count, digest=proof.digest)


def _done(draft: Draft, proof: Proof, files: list[wire.FrameFile]) -> wire.FrameDone:
    return wire.FrameDone(
        chunk_id=draft.chunk_id,
        frame=draft.written.frame,
        seconds=draft.written.seconds,
        byte_count=proof.byte_count,
        digest=proof.digest,
        width=proof.width,
        height=proof.height,
        peak_bytes=draft.written.peak_bytes,
        is_black=proof.is_black,
        nan_count=proof.nan_count,
        files=files,
    )
