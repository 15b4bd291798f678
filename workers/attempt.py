"""One node's work on one chunk: open the scene, render frame by frame, hand each on for proof."""

from __future__ import annotations

import logging
import threading
from collections import deque
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from brender_farm import wire
from brender_farm.domain.formats import FORMATS
from brender_farm.domain.frames import FrameList
from brender_farm.domain.paths import confine
from brender_farm.domain.places import frame_name
from brender_farm.errors import (
    BlendChanged,
    FrameFailed,
    RequestRefused,
    SceneRefused,
    SessionDied,
)
from workers.blender.output import ChunkLog, Progress
from workers.blender.scene import Opened, RenderSettings, SceneSpec
from workers.fences import sweep_fenced
from workers.limits import Verdict
from workers.place import Place
from workers.publish import Draft
from workers.rendering import Current, Rendering
from workers.words import TAIL_LINE_COUNT, blocked, last_words, plain

if TYPE_CHECKING:
    from workers.blender.session import Session
    from workers.node import Node

log = logging.getLogger(__name__)

MAX_CRASHES = 3
"""After so many ends of Blender in one chunk, the rest of the chunk goes back to the farm."""


class Attempt:
    """A chunk while this node has it. `run` belongs to one thread; the rest to any."""

    def __init__(self, order: wire.ChunkOrder, node: Node) -> None:
        self._order = order
        self._node = node
        self._format = FORMATS[order.scene.format]
        self.limits = order.limits
        self.stopped = threading.Event()
        self._winding_down = threading.Event()
        self._why_back = ""
        self._owes_frames = False
        self._blend_changed = False
        self._place: Place | None = None
        self._log: ChunkLog | None = None
        self._current = Current()
        self._frame: int | None = None
        self._progress: Progress | None = None
        self._proofs: list[Future[bool]] = []
        self._opened_scene: bool | None = None
        self._last_target: Path | None = None

    def claim(self) -> wire.ChunkClaim:
        """Return what the heartbeat says of this chunk."""
        progress = self._progress
        return wire.ChunkClaim(
            chunk_id=self._order.chunk_id,
            frame=self._frame,
            done_count=sum(proof.done() for proof in self._proofs),
            frame_s=self._current.frame_s,
            sample=progress.sample if progress else None,
            sample_count=progress.sample_count if progress else None,
        )

    @property
    def rendering(self) -> Rendering | None:
        """What the Blender of this chunk is at now."""
        return self._current.rendering

    def end_render(self, rendering: Rendering, verdict: Verdict | None) -> bool:
        """End a Blender that is still at this; its frame fails with the verdict, the chunk goes on.

        Without a verdict nobody is blamed, and the frame is tried once more in a new Blender.
        Returns False when Blender was through with it already.
        """
        return self._current.end(rendering, verdict)

    def stop(self) -> None:
        """Kill the render at once; nothing more of this chunk is published or reported."""
        self.stopped.set()
        self._current.kill()

    def wind_down(self, reason: str) -> None:
        """End after the current frame and give the rest back, without blame."""
        self._why_back = self._why_back or reason
        self._winding_down.set()

    def give_back(self, reason: str) -> None:
        """Kill the render at once and give the frame and the rest back, without blame."""
        self.wind_down(reason)
        self._current.kill()

    def abandon(self) -> None:
        """Give the chunk back in the stead of a thread that is stuck beyond killing."""
        self._owes_frames = True
        self._end("")
        self.stopped.set()

    def run(self) -> None:
        """Render the chunk. Every outcome is reported; nothing is raised for a failed frame."""
        try:
            place, blend = self._confined()
        except RequestRefused as refusal:
            self._fail_first(str(refusal), permanent=True)
            return
        if not self._begin(place):
            self._end(self._why_back)
            return
        self._place = place
        self._log = chunk_log = place.open_log()
        self._node.publisher.prepare()
        try:
            reason = self._render_all(self._spec(blend), chunk_log)
            for proof in self._proofs:
                proof.result()
            self._end(reason)  # the farm plans the next chunk while this one is tidied up
        finally:
            chunk_log.close()
            running = self._node.claims.ids()
            self._node.publisher.sweep(place.output_dir, place.chunk_id, running)
            sweep_fenced(place.output_dir)

    def judge(self, failed: wire.FrameFailed) -> None:
        """Report a frame that could not be proven or put in its place, if it is to blame."""
        if not self._is_the_places_fault():
            self._report(failed)

    def give_up(self, reason: str) -> None:
        """Blame the frame that was being rendered for a failure of the node, and end."""
        self._fail_first(reason)

    def _confined(self) -> tuple[Place, Path]:
        order, roots = self._order, self._node.roots
        place = Place(
            chunk_id=order.chunk_id,
            folder=order.output_dir,
            output_dir=confine(order.output_dir, roots, "output"),
        )
        return place, confine(order.scene.blend, roots, "blend")

    def _begin(self, place: Place) -> bool:
        """Raise the fences, make the draft folder, and say so; False: the chunk goes back."""
        if trouble := self._node.storage.trouble(place.folder):
            self.wind_down(trouble)
        if self._is_ending:
            return False
        try:
            place.begin(self._order.fences)
        except FileExistsError:
            self.wind_down(f"{place.drafts} is there already: this chunk was begun before.")
            return False
        except OSError as error:
            self.wind_down(self._node.distrust(place, error))
            return False
        started = wire.ChunkStarted(chunk_id=place.chunk_id, boot=self._node.boot)
        self._node.outbox.post(started)
        return True

    def _render_all(self, spec: SceneSpec, chunk_log: ChunkLog) -> str:
        """Render until done, stopped or hopeless; return why frames are left, if they are."""
        left = deque(FrameList.parse(self._order.frames))
        crashes = 0
        while left and not self._is_ending:
            try:
                self._render_some(spec, left, chunk_log)
            except BlendChanged as error:
                self._blend_changed = True
                self.wind_down(str(error))
            except SceneRefused as error:
                self._fail(left.popleft(), Verdict(reason=str(error), permanent=error.permanent))
                return str(error)
            except (FrameFailed, SessionDied) as error:
                died = isinstance(error, SessionDied)
                if died and self._is_ending:
                    break
                crashes += self._blame(left, error) and died
                if crashes >= MAX_CRASHES:
                    return f"Blender ended {crashes} times."
            finally:
                self._frame = self._progress = None
        return self._why_back if left else ""

    def _render_some(self, spec: SceneSpec, left: deque[int], chunk_log: ChunkLog) -> None:
        """Render with one Blender as long as it goes well."""
        with self._node.sessions.lend(spec) as session:
            session.on_line = chunk_log.add
            try:
                self._current.turn_to(session, None)
                if self._is_ending:  # it was told between the last look and now
                    raise SessionDied("The chunk was stopped.")
                self._opened_scene = session.scene_key != spec.key or bool(self._opened_scene)
                opened = session.open(spec)
                self._tell_blocked(opened, chunk_log)
                while left and not self._is_ending:
                    self._render_one(session, opened, left[0])
                    left.popleft()
                    if self._node.sessions.is_outdated(session):
                        break  # the next frame is a new Blender's
            finally:
                self._current.let_go()

    def _tell_blocked(self, opened: Opened, chunk_log: ChunkLog) -> None:
        """Say that Python of the file did not run: frames may look different without it."""
        if not opened.blocked_script:
            return
        allowed = self._order.scene.auto_run
        chunk_log.add(blocked(opened.blocked_script, by_node=allowed))
        if not opened.warm:
            script = self._named | {"script": plain(opened.blocked_script)}
            log.warning("Python in a .blend file was not run.", extra=script)

    def _render_one(self, session: Session, opened: Opened, frame: int) -> None:
        assert self._place is not None
        self._frame, self._progress = frame, None
        self._current.turn_to(session, frame)
        name = frame_name(frame, self._order.padding, self._format, self._order.file_prefix)
        written = session.render(frame, self._place.drafts / name, on_progress=self._note)
        draft = Draft(
            chunk_id=self._order.chunk_id,
            written=written,
            target=self._place.output_dir / name,
            width=opened.width,
            height=opened.height,
            format=self._format,
        )
        self._proofs.append(self._node.publisher.publish(draft, self.stopped))
        self._last_target = draft.target

    def _note(self, progress: Progress) -> None:
        self._progress = progress

    def _spec(self, blend: Path) -> SceneSpec:
        scene = self._order.scene
        return SceneSpec(
            path=blend,
            byte_count=scene.size_bytes,
            mtime_ns=scene.mtime_ns,
            ctime_ns=scene.ctime_ns,
            digest=scene.digest,
            scene=scene.scene,
            settings=RenderSettings.of(
                scene,
                threads=self._node.threads_per_slot,
                autoexec=self._node.may_run_scripts,
            ),
            blender=scene.blender,
            name=scene.blend,
        )

    @property
    def _named(self) -> dict[str, int]:
        """Return what the log says beside each sentence."""
        return {"shot_id": self._order.shot_id, "chunk_id": self._order.chunk_id}

    @property
    def _is_ending(self) -> bool:
        return self.stopped.is_set() or self._winding_down.is_set()

    def _blame(self, left: deque[int], error: FrameFailed | SessionDied) -> bool:
        """Find what is to blame for a failure; tell whether it was the frame, which then fails."""
        doom = self._current.take_doom()
        if doom is None:
            if self._is_the_places_fault():
                return False
            verdict: Verdict | None = Verdict(reason=str(error))
        elif doom.rendering.frame not in (None, left[0]):
            return False  # Blender was ended for the frame before, which was written all the same
        else:
            verdict = doom.verdict
        if verdict is not None:
            self._fail(left.popleft(), verdict)
        return verdict is not None

    def _is_the_places_fault(self) -> bool:
        """Look for the cause of a failure in the output folder; then the chunk ends unblamed."""
        place = self._place
        assert place is not None
        if place.is_fenced():
            if self._node.publisher.is_live(place.chunk_id, self.stopped):
                self._owes_frames = True
                self.wind_down(f"{place.drafts} was removed while this chunk rendered into it.")
            else:
                self.stopped.set()  # another node has these frames now
            return True
        trouble = self._node.examine(place, 2 * place.frame_bytes(self._last_target))
        if trouble:
            self._owes_frames = True
            self.wind_down(trouble)
        return bool(trouble)

    def _fail(self, frame: int, verdict: Verdict) -> None:
        self._report(
            wire.FrameFailed(
                chunk_id=self._order.chunk_id,
                frame=frame,
                reason=verdict.reason,
                permanent=verdict.permanent,
                short_of_memory=verdict.short_of_memory,
            )
        )

    def _report(self, failed: wire.FrameFailed) -> None:
        if self.stopped.is_set():
            return
        tail = last_words(self._log.tail(TAIL_LINE_COUNT)) if self._log else ""
        if self._log:
            self._log.add(f"Frame {failed.frame} failed: {failed.reason}")
        reason = plain(failed.reason)
        log.warning("A frame failed.", extra=self._named | {"frame": failed.frame, "why": reason})
        failed = msgspec.structs.replace(failed, reason=reason, tail=tail)
        self._node.outbox.post(failed)

    def _fail_first(self, reason: str, *, permanent: bool = False) -> None:
        """Blame the first frame for what no frame of this chunk can get past here."""
        frame = self._frame or FrameList.parse(self._order.frames)[0]
        self._fail(frame, Verdict(reason=reason, permanent=permanent))
        self._end(reason)

    def _end(self, reason: str) -> None:
        """Report the end; with a reason, frames are left."""
        if self.stopped.is_set():
            return
        reason = reason or (self._why_back if self._owes_frames else "")
        if reason:
            log.info("A chunk ends with frames left.", extra=self._named | {"why": plain(reason)})
        ended = wire.ChunkEnded(
            chunk_id=self._order.chunk_id,
            returned=bool(reason) and self._winding_down.is_set(),
            blend_changed=self._blend_changed,
            opened_scene=self._opened_scene,
            reason=plain(reason),
        )
        self._node.outbox.post(ended)
