"""One node's work on one chunk: open the scene, render frame by frame, hand each on for proof."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from brender_farm import wire
from brender_farm.domain.formats import FORMATS
from brender_farm.domain.frames import FrameList
from brender_farm.domain.paths import confine
from brender_farm.domain.places import draft_folder, frame_name, log_path
from brender_farm.errors import FarmError, FrameFailed, RequestRefused, SceneRefused, SessionDied
from workers.blender.output import ChunkLog, Progress
from workers.blender.scene import Opened, RenderSettings, SceneSpec
from workers.publish import Draft

if TYPE_CHECKING:
    from workers.blender.session import Session
    from workers.node import Node

log = logging.getLogger(__name__)

LOG_LIMIT_BYTES = 4 * 1024 * 1024
MAX_CRASHES = 3
"""After so many ends of Blender in one chunk, the rest of the chunk goes back to the farm."""


class Attempt:
    """A chunk while this node has it. `run` belongs to one thread; the rest to any."""

    def __init__(self, order: wire.ChunkOrder, node: Node) -> None:
        self._order = order
        self._node = node
        self._format = FORMATS[order.scene.format]
        self.stopped = threading.Event()
        self._winding_down = threading.Event()
        self._session: Session | None = None
        self._frame: int | None = None
        self._progress: Progress | None = None
        self._killed_for = ""
        self._proofs: list[Future[bool]] = []

    def claim(self) -> wire.ChunkClaim:
        """Return what the heartbeat says of this chunk."""
        progress = self._progress
        return wire.ChunkClaim(
            chunk_id=self._order.chunk_id,
            frame=self._frame,
            done_count=sum(proof.done() for proof in self._proofs),
            sample=progress.sample if progress else None,
            sample_count=progress.sample_count if progress else None,
        )

    def stop(self) -> None:
        """Kill the render at once; nothing more of this chunk is published or reported."""
        self.stopped.set()
        self._kill()

    @property
    def session(self) -> Session | None:
        """The Blender that renders for this chunk now."""
        return self._session

    def kill_session(self, session: Session, reason: str) -> None:
        """End a Blender that misbehaves; its frame fails with this reason, the chunk goes on."""
        if session is self._session:
            self._killed_for = reason
            session.kill()

    def wind_down(self) -> None:
        """End after the current frame and give the rest back."""
        self._winding_down.set()

    def give_back(self) -> None:
        """Kill the render at once and give the frame and the rest back, without blame."""
        self._winding_down.set()
        self._kill()

    def run(self) -> None:
        """Render the chunk. Every outcome is reported; nothing is raised for a failed frame."""
        try:
            output_dir, blend = self._confined()
        except RequestRefused as refusal:
            self._fail_first(str(refusal), permanent=True)
            return
        self._node.publisher.prepare()
        drafts = draft_folder(output_dir, self._order.chunk_id)
        try:
            drafts.mkdir(parents=True, exist_ok=True)
            path = log_path(output_dir, self._order.chunk_id)
            path.parent.mkdir(exist_ok=True)
            chunk_log = ChunkLog(path, LOG_LIMIT_BYTES)
        except OSError as error:
            self._fail_first(f"{output_dir} cannot be written to: {error.strerror}.")
            return
        try:
            reason = self._render_all(blend, output_dir, drafts, chunk_log)
            for proof in self._proofs:
                proof.result()
            self._end(reason)  # the farm plans the next chunk while this one is tidied up
        finally:
            chunk_log.close()
            self._node.publisher.sweep(output_dir, self._order.chunk_id)

    def _confined(self) -> tuple[Path, Path]:
        roots = self._node.roots
        output_dir = confine(self._order.output_dir, roots, "output")
        return output_dir, confine(self._order.scene.blend, roots, "blend")

    def _render_all(self, blend: Path, output_dir: Path, drafts: Path, chunk_log: ChunkLog) -> str:
        """Render until done, stopped or hopeless; return why frames are left, if they are."""
        spec = self._spec(blend)
        left = list(FrameList.parse(self._order.frames))
        crashes = 0
        while left and not self._is_ending:
            try:
                with self._node.sessions.lend(spec) as session:
                    self._use(session, chunk_log)
                    opened = session.open(spec)
                    while left and not self._is_ending:
                        self._render_one(session, opened, left[0], output_dir, drafts)
                        left.pop(0)
            except FrameFailed as error:
                self._fail(left.pop(0), error, chunk_log)
            except SceneRefused as error:
                self._fail(left.pop(0), error, chunk_log)
                return str(error)
            except SessionDied as error:
                if self._is_ending:
                    break
                crashes += 1
                self._fail(left.pop(0), self._blame(error), chunk_log)
                if crashes >= MAX_CRASHES:
                    return f"Blender ended {crashes} times."
            finally:
                self._session = self._frame = self._progress = None
        return "The node is stopping." if left else ""

    def _use(self, session: Session, chunk_log: ChunkLog) -> None:
        session.on_line = chunk_log.add
        self._session = session
        if self._is_ending:  # it was told between the last look and now
            raise SessionDied("The chunk was stopped.")

    def _render_one(
        self, session: Session, opened: Opened, frame: int, output_dir: Path, drafts: Path
    ) -> None:
        self._frame, self._progress = frame, None
        name = frame_name(frame, self._order.padding, self._format)
        written = session.render(frame, drafts / name, on_progress=self._note)
        draft = Draft(
            chunk_id=self._order.chunk_id,
            written=written,
            target=output_dir / name,
            width=opened.width,
            height=opened.height,
            format=self._format,
        )
        self._proofs.append(self._node.publisher.publish(draft, self.stopped))

    def _note(self, progress: Progress) -> None:
        self._progress = progress

    def _spec(self, blend: Path) -> SceneSpec:
        scene = self._order.scene
        return SceneSpec(
            path=blend,
            byte_count=scene.size_bytes,
            mtime_ns=scene.mtime_ns,
            scene=scene.scene,
            settings=RenderSettings(
                format=scene.format,
                width=scene.width,
                height=scene.height,
                threads=self._node.threads_per_slot,
            ),
        )

    @property
    def _is_ending(self) -> bool:
        return self.stopped.is_set() or self._winding_down.is_set()

    def _kill(self) -> None:
        session = self._session
        if session is not None:
            session.kill()

    def _blame(self, error: SessionDied) -> SessionDied:
        """Return why Blender really ended, when the node itself ended it."""
        reason, self._killed_for = self._killed_for, ""
        return SessionDied(reason) if reason else error

    def _fail(self, frame: int, error: FarmError, chunk_log: ChunkLog) -> None:
        chunk_log.add(f"Frame {frame} failed: {error}")
        if not self.stopped.is_set():
            self._node.outbox.post(
                wire.FrameFailed(
                    chunk_id=self._order.chunk_id,
                    frame=frame,
                    reason=str(error)[:4000],
                    permanent=isinstance(error, SceneRefused),
                )
            )

    def give_up(self, reason: str) -> None:
        """Blame the frame that was being rendered for a failure of the node, and end."""
        self._fail_first(reason)

    def _fail_first(self, reason: str, *, permanent: bool = False) -> None:
        """Blame the first frame for what no frame of this chunk can get past here."""
        frame = self._frame or FrameList.parse(self._order.frames)[0]
        self._node.outbox.post(
            wire.FrameFailed(
                chunk_id=self._order.chunk_id, frame=frame, reason=reason, permanent=permanent
            )
        )
        self._end(reason)

    def _end(self, reason: str) -> None:
        if self.stopped.is_set():
            return
        ended = wire.ChunkEnded(
            chunk_id=self._order.chunk_id, returned=self._winding_down.is_set(), reason=reason
        )
        self._node.outbox.post(ended)
