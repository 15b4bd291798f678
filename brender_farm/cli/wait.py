"""`brender wait`: until shots are over, with a status that says how they ended."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.ending import Ending, complain, ending_of_shot
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json
from brender_farm.cli.terminal import say

if TYPE_CHECKING:
    from brender_farm.client.backend import Backend
    from brender_farm.service.shapes.shots import ShotDetail

LOOK_S = 20.0
"""How long the farm may take to tell of a change; then it is asked anew."""
_FAILURES_SHOWN = 10


@click.command(
    epilog=examples(
        "brender wait 12",
        "brender wait 12 13 --timeout 3600 && echo all done",
        "brender wait 12 --json",
    )
)
@options.some_shots
@click.option("--timeout", type=float, metavar="SECONDS", help="Give up after so long.")
@options.as_json
def wait(*, shots: tuple[str, ...], timeout: float | None, as_json: bool) -> None:
    """Wait until shots are over, with a progress bar on a terminal.

    Ends with 0 when all are completed, 10 when one failed, 11 when one was cancelled, 12 when the
    farm paused one because nothing of it can be rendered; with 1 after --timeout.
    """
    from brender_farm.cli.targets import find_shots
    from brender_farm.client import this_farm

    farm = this_farm()
    ids = find_shots(farm, options.words_of(shots))
    end = None if timeout is None else time.monotonic() + timeout
    details = [follow(farm, shot_id, end=end) for shot_id in ids]
    if as_json:
        print_json([detail.row for detail in details])
    else:
        for detail in details:
            say(how_it_ended(detail))
    sys.exit(ending_of_all(details))


def follow(farm: Backend, shot_id: int, *, end: float | None = None) -> ShotDetail:
    """Draw a shot's progress on a terminal until it is over; return it, and say what failed.

    Raises FarmError when it is not over at `end`, a time of `time.monotonic`.
    """
    from brender_farm.cli.watch import watching

    detail = farm.get_shot(shot_id)
    with watching(detail.row.name, detail.row.frame_count) as show:
        show(detail)
        while not detail.row.is_over:
            left_s = LOOK_S if end is None else end - time.monotonic()
            if left_s <= 0:
                raise _not_over(detail)
            detail = farm.await_change(detail, min(LOOK_S, left_s))
            show(detail)
    if detail.row.failed_count:
        _complain_of_failures(farm, shot_id)
    return detail


def how_it_ended(detail: ShotDetail) -> str:
    """Say in a sentence what became of a shot."""
    row = detail.row
    reason = f" {row.reason}" if row.reason else ""
    return f"Shot {row.id} is {row.state}, {row.done_count} of {row.frame_count} frames.{reason}"


def ending_of_all(details: Sequence[ShotDetail]) -> Ending:
    """Return the first status that tells of a shot that did not complete."""
    endings = [ending_of_shot(detail.row.state) for detail in details]
    return next((each for each in endings if each is not Ending.DONE), Ending.DONE)


def _complain_of_failures(farm: Backend, shot_id: int) -> None:
    page = farm.shot_frames(shot_id, limit=_FAILURES_SHOWN, state="failed")
    for cell in page.cells:
        complain(f"frame {cell.frame} failed: {cell.reason}")
    if page.total > len(page.cells):
        more = f"brender frames {shot_id} --state failed"
        complain(f"{page.total - len(page.cells)} more frames failed. See: {more}")


def _not_over(detail: ShotDetail) -> Exception:
    from brender_farm.errors import FarmError

    row = detail.row
    return FarmError(
        f"Shot {row.id} is {row.state} and has {row.done_count} of {row.frame_count} frames. "
        f"{detail.waiting}".rstrip()
    )
