"""From a draft to a frame: proven, still ours, moved into place, reported; beside the render."""

from __future__ import annotations

import logging
import shutil
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from redis import RedisError

from brender_farm import wire
from brender_farm.domain.formats import ImageFormat
from brender_farm.domain.places import WORK_FOLDER
from brender_farm.errors import FrameFailed

if TYPE_CHECKING:
    from brender_farm.broker.board import Board
    from workers.blender.prove import Proof, Prover
    from workers.blender.scene import Written
    from workers.outbox import Outbox

log = logging.getLogger(__name__)

PROOF_TIMEOUT_S = 300.0
ASK_AGAIN_S = 0.5


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
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="publish")
        self._closing = threading.Event()

    def prepare(self) -> None:
        """Have the decoder started, beside whatever Blender does, so that no frame waits for it."""
        if not self._prover.is_running:
            self._pool.submit(self._prover.start)

    def publish(self, draft: Draft, stopped: threading.Event) -> Future[bool]:
        """Prove a draft and put it in its place; the future tells whether it got there."""
        return self._pool.submit(self._publish, draft, stopped)

    def is_live(self, chunk_id: int, stopped: threading.Event) -> bool:
        """Tell whether a chunk is still this node's; while nobody knows, wait for the answer."""
        while not (stopped.is_set() or self._closing.is_set()):
            try:
                live = self._board.is_live(chunk_id)
            except (RedisError, OSError):
                live = None
            if live is not None:
                return live
            self._closing.wait(ASK_AGAIN_S)
        return False

    def sweep(self, output_dir: Path, chunk_id: int) -> None:
        """Remove this chunk's drafts, and those of chunks that are over and left some behind."""
        work = output_dir / WORK_FOLDER
        shutil.rmtree(work / str(chunk_id), ignore_errors=True)
        try:
            others = [entry for entry in work.iterdir() if entry.name.isdecimal()]
            for entry in others:
                if self._board.is_live(int(entry.name)) is False:
                    shutil.rmtree(entry, ignore_errors=True)
        except (OSError, RedisError) as error:
            log.info("Old drafts could not be looked for.", extra={"error": str(error)})

    def close(self) -> None:
        self._closing.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _publish(self, draft: Draft, stopped: threading.Event) -> bool:
        try:
            proof = self._prover.prove(
                draft.written.path, draft.width, draft.height, draft.format, PROOF_TIMEOUT_S
            )
            if not self.is_live(draft.chunk_id, stopped):
                return False
            draft.written.path.replace(draft.target)
        except FrameFailed as error:
            self._report_failure(draft, str(error), stopped)
            return False
        except OSError as error:
            reason = f"{draft.target} could not be put in its place: {error.strerror}."
            self._report_failure(draft, reason, stopped)
            return False
        self._outbox.post(_done(draft, proof))
        return True

    def _report_failure(self, draft: Draft, reason: str, stopped: threading.Event) -> None:
        if not stopped.is_set():
            failed = wire.FrameFailed(
                chunk_id=draft.chunk_id, frame=draft.written.frame, reason=reason
            )
            self._outbox.post(failed)


def _done(draft: Draft, proof: Proof) -> wire.FrameDone:
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
    )
