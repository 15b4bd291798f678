"""A live progress bar of one shot."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from brender_farm.client.words import figures
from brender_farm.domain.signs import one_line

if TYPE_CHECKING:
    from brender_farm.service.shapes.shots import ShotDetail


@contextmanager
def watching(name: str, frame_count: int) -> Iterator[Callable[[ShotDetail], None]]:
    """Give a function that draws a shot as it is now, on stderr and only on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[figures]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(escape(one_line(name)), total=frame_count, figures="")

        def show(detail: ShotDetail) -> None:
            row = detail.row
            bar.update(
                task,
                completed=row.done_count,
                total=row.frame_count,
                description=escape(one_line(f"{row.name} · {row.state}")),
                figures=figures(detail),
            )

        yield show
