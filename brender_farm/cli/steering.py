"""Doing one thing to one shot or many, and saying what became of each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from brender_farm.cli.asking import ask, plural
from brender_farm.cli.ending import Ending, complain
from brender_farm.cli.progress import progress
from brender_farm.cli.table import print_json
from brender_farm.cli.targets import find_shots
from brender_farm.cli.terminal import say

if TYPE_CHECKING:
    from brender_farm.client.backend import Backend
    from brender_farm.service.shapes.bulk import BulkResult, Refusal

_AT_A_TIME = 50
_STEERED = ("pause", "resume", "start", "cancel", "retry")
_NOT_THERE = "There is no shot"


def steer(
    action: str,
    words: Sequence[str],
    done: str,
    *,
    reason: str = "",
    priority: int | None = None,
    as_json: bool = False,
    question: Callable[[Backend, list[int]], None] | None = None,
) -> None:
    """Do a bulk action to the shots that are meant; end with a status when one was refused.

    `done` says what they are afterwards. `question` may ask first, and raise Abort.
    """
    from brender_farm.client import this_farm

    farm = this_farm()
    ids = find_shots(farm, words)
    if question is not None:
        question(farm, ids)
    if len(ids) == 1:
        state = _one(farm, action, ids[0], reason=reason, priority=priority)
        _tell_one(action, ids[0], state or done, as_json=as_json)
        return
    result = _many(farm, action, ids, reason=reason, priority=priority)
    _tell(result, done, as_json=as_json)
    if result.refused:
        sys.exit(_ending(result.refused))


def ask_about(
    farm: Backend, action: str, ids: list[int], *, yes: bool, what: str, must: bool = True
) -> None:
    """Ask before an action that ends work, naming the shots and how many frames it meets.

    Raises NotFound when one is not there.
    """
    if yes:
        return
    if len(ids) == 1:
        row = farm.get_shot(ids[0]).row
        shots, frames, rendering, done = (
            f"shot {row.id}, “{row.name}”",
            row.frame_count,
            row.rendering_count,
            row.done_count,
        )
    else:
        reached = farm.survey(action, ids)
        names = ", ".join(f"“{name}”" for name in reached.names)
        more = ", …" if reached.possible_count > len(reached.names) else ""
        shots = f"{plural(reached.possible_count, 'shot')} ({names}{more})"
        frames, rendering, done = (
            reached.frame_count,
            reached.rendering_count,
            reached.done_count,
        )
    killed = f" {plural(rendering, 'frame')} rendering now will be killed." if rendering else ""
    kept = f" {what.format(done=plural(done, 'finished frame'))}"
    ask(
        f"{action.capitalize()} {shots}, of {plural(frames, 'frame')}?{killed}{kept}",
        yes=False,
        must=must,
        to=f"{action} {'the shot' if len(ids) == 1 else 'them'}",
    )


def _one(
    farm: Backend, action: str, shot_id: int, *, reason: str, priority: int | None
) -> str | None:
    """Do it to one shot, whose refusal says what is allowed; return what it is then, if told."""
    if action in _STEERED:
        return farm.act_on_shot(shot_id, action, reason=reason).state
    if action == "priority":
        farm.set_priority(shot_id, priority or 0)
    elif action == "archive":
        farm.archive_shot(shot_id)
    elif action == "unarchive":
        farm.unarchive_shot(shot_id)
    elif action == "reset":
        return farm.reset_shot(shot_id, reason=reason).state
    else:
        shot = farm.get_shot(shot_id)
        with progress(f"Deleting shot {shot_id}"):
            farm.delete_shot(shot_id, reason=reason)
        return f"deleted; {plural(shot.row.done_count, 'finished frame')} left in {shot.output_dir}"
    return None


def _many(
    farm: Backend, action: str, ids: list[int], *, reason: str, priority: int | None
) -> BulkResult:
    from brender_farm.service.shapes.bulk import BulkResult

    # What comes after others goes before those, which it would hold.
    order = sorted(ids, reverse=True) if action == "delete" else ids
    done: list[int] = []
    refused: list[Refusal] = []
    with progress(f"{action.capitalize()}: shots", len(order)) as show:
        for start in range(0, len(order), _AT_A_TIME):
            part = order[start : start + _AT_A_TIME]
            found = farm.bulk(action, part, reason=reason, priority=priority)
            done += found.done
            refused += found.refused
            show(start + len(part), len(order))
    return BulkResult(action=action, done=tuple(sorted(done)), refused=tuple(refused))


def _tell_one(action: str, shot_id: int, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"action": action, "done": [shot_id], "refused": []})
    else:
        say(f"Shot {shot_id} is {words}.")


def _tell(result: BulkResult, done: str, *, as_json: bool) -> None:
    if as_json:
        print_json(result)
        return
    if result.done:
        one = len(result.done) == 1
        numbers = ", ".join(map(str, result.done))
        say(f"{'Shot' if one else 'Shots'} {numbers} {'is' if one else 'are'} {done}.")
    for refusal in result.refused:
        name = f", “{refusal.name}”" if refusal.name else ""
        complain(f"shot {refusal.shot_id}{name}: {refusal.why}")


def _ending(refused: Sequence[Refusal]) -> Ending:
    if all(each.why.startswith(_NOT_THERE) for each in refused):
        return Ending.NOT_FOUND
    return Ending.REFUSED
