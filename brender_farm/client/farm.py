"""A farm as scripts see it: shots are submitted to it and looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from brender_farm.client.connection import this_farm
from brender_farm.client.handle import ShotHandle, ids_of
from brender_farm.client.paths import sent_path
from brender_farm.domain.shot_filter import ARCHIVED_TOO
from brender_farm.service.requests import Existing, ShotRequest
from brender_farm.service.shapes.shots import Page

if TYPE_CHECKING:
    from brender_farm.client.backend import Backend
    from brender_farm.service.shapes.nodes import NodeRow
    from brender_farm.service.shapes.shots import ShotRow


@dataclass(frozen=True, slots=True)
class Farm:
    """A farm: that of this machine, or the one that `connect()` found elsewhere."""

    backend: Backend = field(default_factory=this_farm, repr=False)
    """All that it can be asked; the command line works by it."""

    @property
    def url(self) -> str:
        """Address of its dashboard."""
        return self.backend.url

    def submit_shot(
        self,
        blend: str | Path,
        frames: str | None = None,
        *,
        name: str | None = None,
        output: str | Path | None = None,
        priority: int = 50,
        chunk_size: int | str = "auto",
        format: str | None = None,  # noqa: A002 - what artists call it
        scene: str | None = None,
        width: int | None = None,
        height: int | None = None,
        existing: str = Existing.NEW_VERSION,
        snapshot: bool = False,
        frame_limit_s: float | None = None,
        memory_limit_gb: float | None = None,
        tags: str | None = None,
        min_memory_gb: float | None = None,
        max_nodes: int | None = None,
        pool: str | None = None,
        blender: str | None = None,
        device: str | None = None,
        limits: str | None = None,
        first: str | None = None,
        after: Sequence[int | ShotHandle] | str | None = None,
        after_frames: Sequence[int | ShotHandle] | str | None = None,
        not_before: datetime | str | None = None,
        race: bool = False,
        show: str | None = None,
        preset: str | None = None,
        engine: str | None = None,
        percentage: int | None = None,
        samples: int | None = None,
        denoise: bool | None = None,
        camera: str | None = None,
        view_layers: Sequence[str] | str | None = None,
        color_depth: int | str | None = None,
        quality: int | None = None,
        compression: int | None = None,
        exr_codec: str | None = None,
        notes: str | None = None,
        strict: bool = False,
    ) -> ShotHandle:
        """Submit a .blend to the farm and return a handle.

        What is left out comes from the file itself: frames, scene, size and format. `frames` is
        notation such as "1-48", "1-100x2" or "1-100:10"; relative paths are taken from the current
        folder, for a farm elsewhere only if the file is there; `existing` says what to do with
        frames that are there: "new-version", "missing" or "overwrite". With `snapshot` the shot
        renders from a copy that is made beside the file now, so that the file may be worked on.
        `frame_limit_s` (seconds) and `memory_limit_gb` (GB) bound what one frame may take. `tags`
        ("gpu, !slow"), `min_memory_gb` and `max_nodes` say which nodes may have it, and how many at
        a time; so do `pool`, `blender` ("4.5.15", "4.5" or "any"), `device` ("gpu", "cpu") and
        `limits`, the names of farm-wide limits. `first` puts frames before the others ("x10",
        "ends" or notation). `after` and `after_frames` name shots, or handles, that must be
        completed, or have the same frame done, before; `not_before` is when it may start. With
        `race` its last frames are rendered a second time on slots that would idle. `show` names the
        show it is of; else that is the one whose root holds the file ("none": no show).

        How it looks: `preset` names render settings that fill in what is not given here, the size
        and the format among them ("none": not even the show's). `engine` ("CYCLES", "EEVEE",
        "WORKBENCH"), `samples`, `denoise`, `camera` and `view_layers` (the only ones to render)
        change the scene; `percentage` is of `width` and `height` or of the scene's resolution.
        `color_depth` (bits a channel), `quality` (JPEG, WEBP, EXR with DWAA or DWAB), `compression`
        (PNG) and `exr_codec` say how the format is written. `notes` are for people.

        The call reads the file once; it waits neither for broker nor render.

        Raises RequestRefused, whose `faults` name each field and its remedy; nothing is stored
        then. Of a farm elsewhere also SignInNeeded and NotAllowed, which say what token it takes,
        and FarmUnreachable; a submission whose answer is lost on the way is sent again and done
        once.
        """
        request = ShotRequest(
            blend=self._path(blend),
            frames=frames,
            name=name,
            output=None if output is None else self._path(output, beside=blend),
            priority=priority,
            chunk_size=chunk_size,
            format=format,
            scene=scene,
            width=width,
            height=height,
            existing=existing,
            snapshot=snapshot,
            frame_limit_s=frame_limit_s,
            memory_limit_gb=memory_limit_gb,
            tags=tags,
            min_memory_gb=min_memory_gb,
            max_nodes=max_nodes,
            pool=pool,
            blender=blender,
            device=device,
            limits=limits,
            first=first,
            after=ids_of(after),
            after_frames=ids_of(after_frames),
            not_before=not_before,
            race=race,
            show=show,
            preset=preset,
            engine=engine,
            percentage=percentage,
            samples=samples,
            denoise=denoise,
            camera=camera,
            view_layers=view_layers,
            color_depth=None if color_depth is None else str(color_depth),
            quality=quality,
            compression=compression,
            exr_codec=exr_codec,
            notes=notes,
            strict=strict,
        )
        submitted = self.backend.submit(request)
        return ShotHandle(submitted.shot.id, submitted.warnings, self.backend)

    def get_shot(self, shot_id: int) -> ShotHandle:
        """Return a handle to a shot of the farm. Raises NotFound."""
        handle = ShotHandle(shot_id, backend=self.backend)
        _ = handle.detail
        return handle

    def shots(
        self,
        state: str = "",
        *,
        search: str = "",
        submitter: str = "",
        archived: bool = False,
        limit: int = 50,
    ) -> tuple[ShotRow, ...]:
        """Return the newest shots, `limit` of them at most.

        `state` is one, or several with commas between; `search` is part of a name or a submitter;
        with `archived` those that are put away are among them.
        """
        wanted = Page(
            state=state,
            search=search,
            submitter=submitter,
            archived=ARCHIVED_TOO if archived else "",
            size=limit,
        )
        return self.backend.list_shots(wanted).rows

    def nodes(self) -> tuple[NodeRow, ...]:
        """Return the farm's nodes, online ones first."""
        return self.backend.list_nodes().rows

    def _path(self, path: str | Path, *, beside: str | Path | None = None) -> str:
        return sent_path(path, is_remote=self.backend.is_remote, beside=beside)
