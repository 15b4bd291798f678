"""A shot that was submitted: how it goes, and what may be done to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brender_farm.client.connection import this_farm
from brender_farm.client.paths import sent_path
from brender_farm.client.waiting import wait_for_end
from brender_farm.domain.formats import FORMATS
from brender_farm.domain.places import frame_name
from brender_farm.domain.states import FrameState

if TYPE_CHECKING:
    from brender_farm.client.backend import Backend
    from brender_farm.domain.reasons import Reason
    from brender_farm.domain.states import ShotState
    from brender_farm.service.audit_result import AuditResult
    from brender_farm.service.shapes.frames import FrameCell
    from brender_farm.service.shapes.shots import ShotDetail

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
    """A shot on a farm. Each property asks the farm anew.

    Every method raises NotFound once the shot was deleted, and FarmError with what to do when the
    farm cannot be reached or does not let this person do it.
    """

    id: int
    warnings: tuple[str, ...] = ()
    """What was said when it was submitted."""
    backend: Backend = field(default_factory=this_farm, repr=False)
    """The farm that it is on."""

    @property
    def url(self) -> str:
        """Address of its page in the dashboard."""
        return f"{self.backend.url}/shots/{self.id}"

    @property
    def detail(self) -> ShotDetail:
        """Everything known of the shot. Raises NotFound when it was deleted."""
        return self.backend.get_shot(self.id)

    @property
    def state(self) -> ShotState:
        """What has become of it; a word of a newer farm's own stays text."""
        return self.detail.row.state

    @property
    def output(self) -> Path:
        """The folder that its frames go to, as this machine sees it by the roots of its show."""
        return Path(self.backend.path_here(self.detail.output_dir))

    @property
    def progress(self) -> Progress:
        """How many of its frames are done, and how long the rest will take."""
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
        self,
        timeout: float | None = None,
        *,
        on_change: Callable[[ShotDetail], None] | None = None,
        progress: bool | None = None,
    ) -> ShotState:
        """Wait until the shot is completed, failed or cancelled, and return which.

        `timeout` is in seconds; None: no limit. `on_change` gets the shot whenever it changed.
        `progress` draws a bar in a terminal or a notebook; None: where this runs in one. A pause
        does not end the waiting, unless the farm itself paused the shot because nothing of it can
        be rendered. Raises TimeoutError.
        """
        return wait_for_end(
            self.backend, self.id, timeout_s=timeout, on_change=on_change, progress=progress
        )

    def frames(self) -> list[Path]:
        """Return the files of the finished frames, by frame number; see `output`."""
        detail = self.detail
        fmt = FORMATS[detail.format]
        numbers = sorted(cell.frame for cell in self._cells(FrameState.DONE))
        folder = Path(self.backend.path_here(detail.output_dir))
        prefix = detail.file_prefix
        return [folder / frame_name(number, detail.padding, fmt, prefix) for number in numbers]

    def failures(self) -> dict[int, str]:
        """Return the frames that gave up, each with its last reason."""
        return {cell.frame: cell.reason for cell in self._cells(FrameState.FAILED)}

    def act(self, action: str, *, reason: str = "") -> ShotState:
        """Pause, resume, start, cancel or retry. Raises ActionRefused with what is allowed."""
        return self.backend.act_on_shot(self.id, action, reason=reason).state

    def adopt(self, scope: str) -> ShotState:
        """Go on with a .blend that has changed: for the "rest", or render "all" frames again.

        Raises ActionRefused when it has not changed or must not, and RequestRefused with what is
        wrong with the new file.
        """
        return self.backend.adopt_blend(self.id, scope).state

    def rerender(self, frames: str | None = None, *, reason: str = "") -> int:
        """Render finished or failed frames again (notation; None: all); return how many.

        Each old file stays until the new one is proven. Raises RequestRefused for frames that are
        not of the shot, ActionRefused for a cancelled shot.
        """
        return self.backend.rerender_frames(self.id, frames, reason=reason)[1]

    def edit(self, *, again: bool = False, **changes: object) -> ShotState:
        """Change settings by the names that `submit_shot` has for them; None asks for nothing.

        `edit(priority=80, notes="Retake")`, `edit(frames="1-96")`. Finished frames keep their look
        unless all are rendered `again`. Raises RequestRefused with every fault, also for what
        cannot be changed of a shot that exists.
        """
        asked = {name: self._asked(name, value) for name, value in changes.items()}
        return self.backend.edit_shot(self.id, asked, again=again).state

    def submit_again(self, **changes: object) -> ShotHandle:
        """Submit it again into a new folder, with other values for some arguments."""
        asked = {name: self._asked(name, value) for name, value in changes.items()}
        submitted = self.backend.submit_again(self.id, asked)
        return ShotHandle(submitted.shot.id, submitted.warnings, self.backend)

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
        return self.backend.set_after(self.id, ids_of(after), ids_of(after_frames)).state

    def clear_bans(self) -> None:
        """Give the nodes that were banned from the shot another chance."""
        self.backend.clear_bans(self.id)

    def audit(self, *, full: bool = True) -> AuditResult:
        """Compare its finished files with what is recorded; what is not right is rendered again.

        Without `full` only existence and size are compared, not the content.
        """
        return self.backend.audit_shot(self.id, full=full)

    def reset(self, *, reason: str = "") -> ShotState:
        """Stop what it has on nodes and render all its frames again, whatever became of them.

        Each old file stays until the new one is proven. Raises ActionRefused when another shot
        writes to its folder now.
        """
        return self.backend.reset_shot(self.id, reason=reason).state

    def archive(self) -> None:
        """Put it out of the list; nothing of it is lost. Raises ActionRefused while it goes on."""
        self.backend.archive_shot(self.id)

    def unarchive(self) -> None:
        """Put it back into the list."""
        self.backend.unarchive_shot(self.id)

    def film(self, out: str | Path) -> Path:
        """Write a film (H.264, MP4) of its finished frames to `out`, and return that path.

        The film that the dashboard made is taken when it is current; else one is made. Raises
        ActionRefused when no frame is finished, and FarmError when no picture can be read.
        """
        path = Path(out)
        self.backend.write_film(self.id, path)
        return path

    def download(self, out: str | Path, frames: str = "", *, beside: bool = False) -> Path:
        """Write its finished frames (notation; empty: all) to the ZIP `out`; return that path.

        With `beside` also what was published beside the pictures.
        """
        path = Path(out)
        self.backend.write_frames(self.id, path, frames, beside=beside)
        return path

    def delete(self, *, reason: str = "") -> None:
        """Stop it at once and have the farm forget it; finished frames stay."""
        self.backend.delete_shot(self.id, reason=reason)

    def _cells(self, state: FrameState) -> list[FrameCell]:
        cells: list[FrameCell] = []
        while True:
            page = self.backend.shot_frames(self.id, offset=len(cells), limit=_PAGE, state=state)
            cells += page.cells
            if not page.cells or len(cells) >= page.total:
                return cells

    def _asked(self, name: str, value: Any) -> Any:
        """Take handles as shots, and paths as a submission takes them."""
        if name in ("after", "after_frames"):
            return ids_of(value)
        is_path = name in ("blend", "output") and value is not None
        return sent_path(value, is_remote=self.backend.is_remote) if is_path else value


def ids_of(shots: Sequence[int | ShotHandle] | str | None) -> Sequence[int] | str | None:
    """Return the numbers of shots that are given as numbers or handles; text stays as it is."""
    if shots is None or isinstance(shots, str):
        return shots
    return [shot.id if isinstance(shot, ShotHandle) else shot for shot in shots]
