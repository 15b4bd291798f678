"""The Python API: submit a shot on the farm's machine and follow it.

from brender_farm import submit_shot
shot = submit_shot("scene.blend", frames="1-48")
shot.wait()
"""

from __future__ import annotations

import getpass
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask

from brender_farm.config import settings
from brender_farm.db.core import create_core_app
from brender_farm.db.migrate import upgrade
from brender_farm.domain.formats import FORMATS
from brender_farm.domain.paths import expand
from brender_farm.domain.places import frame_name
from brender_farm.domain.reasons import Reason
from brender_farm.domain.states import FrameState, ShotState
from brender_farm.errors import FarmError
from brender_farm.service import shots
from brender_farm.service.after import set_after
from brender_farm.service.again import clear_bans, rerender_frames
from brender_farm.service.archive import archive_shot, unarchive_shot
from brender_farm.service.audit import audit_shot
from brender_farm.service.audit_result import AuditResult
from brender_farm.service.blend_change import adopt_blend
from brender_farm.service.clone import submit_again
from brender_farm.service.deletion import delete_shot
from brender_farm.service.film_maker import write_film
from brender_farm.service.requests import Existing, ShotRequest
from brender_farm.service.reset import reset_shot
from brender_farm.service.shapes.frames import FrameCell
from brender_farm.service.shapes.shots import ShotDetail
from brender_farm.service.shot_edit import edit_shot
from brender_farm.service.submit import submit

_T = TypeVar("_T")

_POLL_S = 0.2
_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a shot is."""

    done: int
    failed: int
    total: int
    seconds_per_frame: float | None
    time_left_s: float | None
    """By playing the planner forward; None where that cannot be told."""
    time_left_low_s: float | None
    time_left_high_s: float | None

    @property
    def share(self) -> float:
        """Share of frames that are done, 0.0 to 1.0."""
        return self.done / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class ShotHandle:
    """A shot on the farm. Each property asks the farm anew."""

    id: int
    warnings: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Address of its page in the dashboard."""
        return f"{settings().url}/shots/{self.id}"

    @property
    def detail(self) -> ShotDetail:
        """Everything known of the shot. Raises NotFound when it was deleted."""
        return _in_farm(lambda: shots.get_shot(self.id))

    @property
    def state(self) -> ShotState:
        return self.detail.row.state

    @property
    def output(self) -> Path:
        """The folder that its frames go to."""
        return Path(self.detail.output_dir)

    @property
    def progress(self) -> Progress:
        row = self.detail.row
        return Progress(
            done=row.done_count,
            failed=row.failed_count,
            total=row.frame_count,
            seconds_per_frame=row.seconds_per_frame,
            time_left_s=row.time_left_s,
            time_left_low_s=row.time_left_low_s,
            time_left_high_s=row.time_left_high_s,
        )

    def wait(
        self, timeout: float | None = None, *, on_change: Callable[[ShotDetail], None] | None = None
    ) -> ShotState:
        """Wait until the shot is completed, failed or cancelled, and return which.

        `timeout` is in seconds; None: no limit. `on_change` gets the shot whenever it changed.
        A pause does not end the waiting, unless the farm itself paused the shot because nothing
        of it can be rendered. Raises TimeoutError.
        """
        end = None if timeout is None else time.monotonic() + timeout
        rev = -1
        while True:
            detail = self.detail
            if on_change is not None and detail.rev != rev:
                on_change(detail)
            rev, row = detail.rev, detail.row
            if row.is_over:
                return row.state
            if end is not None and time.monotonic() > end:
                raise TimeoutError(
                    f"Shot {self.id} has {row.done_count} of {row.frame_count} frames "
                    f"after {timeout:g} s. {detail.waiting}"
                )
            time.sleep(_POLL_S)

    def frames(self) -> list[Path]:
        """Return the files of the finished frames, by frame number."""
        detail = self.detail
        fmt = FORMATS[detail.format]
        numbers = sorted(cell.frame for cell in self._cells(FrameState.DONE))
        folder = Path(detail.output_dir)
        prefix = detail.file_prefix
        return [folder / frame_name(number, detail.padding, fmt, prefix) for number in numbers]

    def failures(self) -> dict[int, str]:
        """Return the frames that gave up, each with its last reason."""
        return {cell.frame: cell.reason for cell in self._cells(FrameState.FAILED)}

    def act(self, action: str, *, reason: str = "") -> ShotState:
        """Pause, resume, cancel or retry. Raises ActionRefused with what is allowed."""
        return _in_farm(
            lambda: shots.act_on_shot(self.id, action, actor=user_name(), reason=reason)
        ).state

    def adopt(self, scope: str) -> ShotState:
        """Go on with a .blend that has changed: for the "rest", or render "all" frames again.

        Raises ActionRefused when it has not changed or must not, and RequestRefused with what is
        wrong with the new file.
        """
        return _in_farm(lambda: adopt_blend(self.id, scope, actor=user_name())).state

    def rerender(self, frames: str | None = None, *, reason: str = "") -> int:
        """Render finished or failed frames again (notation; None: all); return how many.

        Each old file stays until the new one is proven. Raises RequestRefused for frames that are
        not of the shot, ActionRefused for a cancelled shot.
        """
        return _in_farm(lambda: rerender_frames(self.id, frames, actor=user_name(), reason=reason))[
            1
        ]

    def edit(self, *, again: bool = False, **changes: object) -> ShotState:
        """Change settings by the names that `submit_shot` has for them; None asks for nothing.

        `edit(priority=80, notes="Retake")`, `edit(frames="1-96")`. Finished frames keep their look
        unless all are rendered `again`. Raises RequestRefused with every fault, also for what
        cannot be changed of a shot that exists.
        """
        asked = {name: _asked(name, value) for name, value in changes.items()}
        return _in_farm(lambda: edit_shot(self.id, asked, actor=user_name(), again=again)).state

    def submit_again(self, **changes: object) -> ShotHandle:
        """Submit it again into a new folder, with other values for some arguments."""
        asked = {name: _asked(name, value) for name, value in changes.items()}
        submitted = _in_farm(lambda: submit_again(self.id, asked, submitter=user_name()))
        return ShotHandle(submitted.shot.id, submitted.warnings)

    def why(self) -> tuple[Reason, ...]:
        """Return why it gets no more than it has, the weightiest reason first."""
        return self.detail.reasons

    def set_after(
        self,
        after: Sequence[int | ShotHandle] | str | None = None,
        after_frames: Sequence[int | ShotHandle] | str | None = None,
    ) -> ShotState:
        """Let it come after these shots, as a whole and frame by frame, and no others.

        Raises RequestRefused for shots that are not there, ActionRefused when it is finished or
        they would wait for each other in a circle.
        """
        whole, by_frame = _ids(after), _ids(after_frames)
        return _in_farm(lambda: set_after(self.id, whole, by_frame, actor=user_name())).state

    def clear_bans(self) -> None:
        """Give the nodes that were banned from the shot another chance."""
        _in_farm(lambda: clear_bans(self.id, actor=user_name()))

    def audit(self, *, full: bool = True) -> AuditResult:
        """Compare its finished files with what is recorded; what is not right is rendered again.

        Without `full` only existence and size are compared, not the content.
        """
        return _in_farm(lambda: audit_shot(self.id, user_name(), full=full))

    def reset(self, *, reason: str = "") -> ShotState:
        """Stop what it has on nodes and render all its frames again, whatever became of them.

        Each old file stays until the new one is proven. Raises ActionRefused when another shot
        writes to its folder now.
        """
        return _in_farm(lambda: reset_shot(self.id, actor=user_name(), reason=reason)).state

    def archive(self) -> None:
        """Put it out of the list; nothing of it is lost. Raises ActionRefused while it goes on."""
        _in_farm(lambda: archive_shot(self.id, actor=user_name()))

    def unarchive(self) -> None:
        """Put it back into the list."""
        _in_farm(lambda: unarchive_shot(self.id, actor=user_name()))

    def film(self, out: str | Path) -> Path:
        """Write a film (H.264, MP4) of its finished frames to `out`, and return that path.

        The film that the dashboard made is taken when it is current; else one is made here. Raises
        ActionRefused when no frame is finished, and FarmError when no picture can be read.
        """
        path = Path(out)
        _in_farm(lambda: write_film(self.id, path))
        return path

    def delete(self, *, reason: str = "") -> None:
        """Stop it at once and have the farm forget it; finished frames stay."""
        _in_farm(lambda: delete_shot(self.id, actor=user_name(), reason=reason))

    def _cells(self, state: FrameState) -> list[FrameCell]:
        cells: list[FrameCell] = []
        while True:
            page = _in_farm(
                partial(shots.shot_frames, self.id, offset=len(cells), limit=_PAGE, state=state)
            )
            cells += page.cells
            if not page.cells or len(cells) >= page.total:
                return cells


def submit_shot(
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
    folder; `existing` says what to do with frames that are there: "new-version", "missing" or
    "overwrite". With `snapshot` the shot renders from a copy that is made beside the file now, so
    that the file may be worked on. `frame_limit_s` (seconds) and `memory_limit_gb` (GB) bound what
    one frame may take. `tags` ("gpu, !slow"), `min_memory_gb` and `max_nodes` say which nodes may
    have it, and how many at a time; so do `pool`, `blender` ("4.5.15", "4.5" or "any"), `device`
    ("gpu", "cpu") and `limits`, the names of farm-wide limits. `first` puts frames before the
    others ("x10", "ends" or notation). `after` and `after_frames` name shots, or handles, that must
    be completed, or have the same frame done, before; `not_before` is when it may start. With
    `race` its last frames are rendered a second time on slots that would idle. `show` names the
    show it is of; else that is the one whose root holds the file ("none": no show).

    How it looks: `preset` names render settings that fill in what is not given here, the size and
    the format among them ("none": not even the show's). `engine` ("CYCLES", "EEVEE", "WORKBENCH"),
    `samples`, `denoise`, `camera` and `view_layers` (the only ones to render) change the scene;
    `percentage` is of `width` and `height` or of the scene's resolution. `color_depth` (bits a
    channel), `quality` (JPEG, WEBP, EXR with DWAA or DWAB), `compression` (PNG) and `exr_codec`
    say how the format is written. `notes` are for people.

    The call reads the file once; it waits neither for broker nor render.

    Raises RequestRefused, whose `faults` name each field and its remedy; nothing is stored then.
    """
    request = ShotRequest(
        blend=full_path(blend),
        frames=frames,
        name=name,
        output=None if output is None else full_path(output),
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
        after=_ids(after),
        after_frames=_ids(after_frames),
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
    submitted = _in_farm(lambda: submit(request, submitter=user_name()))
    return ShotHandle(submitted.shot.id, submitted.warnings)


def get_shot(shot_id: int) -> ShotHandle:
    """Return a handle to a shot of the farm. Raises NotFound."""
    handle = ShotHandle(shot_id)
    _ = handle.detail
    return handle


def user_name() -> str:
    """Return who submits: the name of this process's user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _ids(shots: Sequence[int | ShotHandle] | str | None) -> Sequence[int] | str | None:
    if shots is None or isinstance(shots, str):
        return shots
    return [shot.id if isinstance(shot, ShotHandle) else shot for shot in shots]


def _asked(name: str, value: Any) -> Any:
    """Take handles as shots, and relative paths from the current folder."""
    if name in ("after", "after_frames"):
        return _ids(value)
    is_path = name in ("blend", "output") and value is not None
    return full_path(value) if is_path else value


def full_path(path: str | Path) -> str:
    """Return a path as the service wants it: a relative one is of the current folder."""
    text = expand(str(path))
    return str(Path(text).absolute()) if text else ""


def _in_farm(use: Callable[[], _T]) -> _T:
    with core_app().app_context():
        return use()


@cache
def core_app() -> Flask:
    """Return this process's core app, its database brought up to date."""
    farm = settings()
    app = create_core_app(farm)
    with app.app_context():
        try:
            upgrade()
        except Exception as error:
            raise FarmError(
                f"The farm's database cannot be opened: {error}. "
                "Check BRENDER_DATA_DIR and BRENDER_DATABASE_URL."
            ) from error
    return app
