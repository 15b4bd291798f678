"""A live progress bar of one shot."""

from __future__ import annotations

from types import TracebackType

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from brender_farm.service.shapes.shots import ShotDetail


class _Figures(ProgressColumn):
    """Frames done, seconds per frame, time left."""

    def render(self, task: Task) -> Text:
        detail: ShotDetail | None = task.fields.get("detail")
        if detail is None:
            return Text("")
        row = detail.row
        words = [f"{row.done_count}/{row.frame_count} frames"]
        if row.failed_count:
            words.append(f"{row.failed_count} failed")
        if row.seconds_per_frame is not None:
            words.append(f"{row.seconds_per_frame:.2f} s/frame")
        if row.time_left is not None:
            words.append(f"{row.time_left} left")
        return Text(" · ".join(words))


class ShotProgress:
    """Draws a shot's progress; on a pipe it prints nothing until the end."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            _Figures(),
        )
        self._task: TaskID | None = None

    def __enter__(self) -> ShotProgress:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def show(self, detail: ShotDetail) -> bool:
        """Draw the shot as it is now; tell whether it is over."""
        row = detail.row
        if self._task is None:
            self._task = self._bar.add_task(row.name, total=row.frame_count)
        self._bar.update(
            self._task,
            completed=row.done_count,
            description=f"{row.name} · {row.state}",
            detail=detail,
        )
        return row.is_over
