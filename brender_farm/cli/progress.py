"""Progress of what takes a while: on stderr, and only where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Show = Callable[[int, int | None], None]
"""Takes how much is done, and of how much; None: that is not known."""


@contextmanager
def progress(words: str, total: int | None = None, *, is_bytes: bool = False) -> Iterator[Show]:
    """Show a bar while the block runs, or a spinner while its end is not known.

    The block gets a function that moves it. Nothing is left on the screen afterwards.
    """
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    # Loaded here only: most commands are over before this module would be.
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = [
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn() if is_bytes else MofNCompleteColumn(),
        TimeElapsedColumn(),
    ]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=total)
        yield lambda done, total: bar.update(task, completed=done, total=total)
