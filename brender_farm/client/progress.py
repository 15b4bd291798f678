"""A bar in a terminal that shows how far a shot is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Column
from rich.text import Text

from brender_farm.client.words import figures
from brender_farm.domain.signs import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from rich.console import Console, RenderableType

    from brender_farm.service.shapes.shots import ShotDetail


class _TwoLines(Progress):
    """The shot and its bar, and below them what is known in figures."""

    words = ""

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        yield Text(self.words, no_wrap=True, overflow="ellipsis")


class ShotProgress:
    """Draws a shot's progress until it is over. The last picture of it stays."""

    def __init__(self, console: Console | None = None) -> None:
        """`console` is where to draw; None: standard output."""
        self._bar = _TwoLines(
            TextColumn(
                "{task.description}",
                markup=False,
                table_column=Column(no_wrap=True, overflow="ellipsis"),
            ),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%", table_column=Column(no_wrap=True, min_width=4)),
            console=console,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> ShotProgress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def show(self, shot: ShotDetail) -> bool:
        """Draw the shot as it is now; tell whether it is over."""
        row = shot.row
        self._bar.words = figures(shot)
        if self._task is None:
            self._task = self._bar.add_task("", total=row.frame_count)
        self._bar.update(
            self._task,
            completed=row.done_count,
            total=row.frame_count,
            description=one_line(f"{row.name} · {row.state}"),
        )
        self._bar.start()
        return row.is_over
