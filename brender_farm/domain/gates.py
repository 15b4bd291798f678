"""What a shot waits for before any node comes into question: people, a time, other shots."""

from __future__ import annotations

from collections.abc import Sequence

from brender_farm.domain.away import clock
from brender_farm.domain.case import Case
from brender_farm.domain.dependencies import Awaited
from brender_farm.domain.reasons import Reason, ReasonKind, counted, in_about, listed
from brender_farm.domain.states import ShotState

_K, _S = ReasonKind, ShotState
_HOPELESS = (_S.FAILED, _S.CANCELLED)
_ANYWAY = "or start this one anyway"


def why_closed(case: Case) -> list[Reason]:
    """Say what holds back the shot as a whole."""
    if case.state is _S.PAUSED:
        text = case.said or "It is paused."
        remedy = "" if case.is_halted else "Resume it to go on."
        return [Reason(kind=_K.PAUSED, text=text, remedy=remedy)]
    awaited = [each for each in case.awaited if not each.by_frame]
    reasons = [*_failed(awaited), *_unfinished(awaited), *_too_early(case)]
    if case.state is _S.WAITING and not reasons and not case.shot.held_count:
        return [
            Reason(
                kind=_K.DEPENDENCY,
                text="It waits for what comes first, and that has come.",
                remedy="It goes on with the scheduler's next pass.",
            )
        ]
    return reasons


def why_held(case: Case) -> list[Reason]:
    """Say which frames wait for the same frames of other shots."""
    if case.shot.held_count <= 0:
        return []
    is_partial = case.shot.pending_count > 0
    awaited = [each for each in case.awaited if each.by_frame]
    if not awaited:
        text = f"{_frames(case.shot.held_count)} for the same frames of another shot."
        return [Reason(kind=_K.HELD_FRAMES, text=text, is_partial=is_partial)]
    return [_held(each, case.shot.held_count, is_partial) for each in awaited]


def _failed(awaited: Sequence[Awaited]) -> list[Reason]:
    return [
        Reason(
            kind=_K.FAILED_DEPENDENCY,
            text=f"It comes after {_named(each)}, which {_fate(each)}.",
            remedy=f"Retry shot {each.shot_id}, {_ANYWAY}.",
        )
        for each in awaited
        if each.state in _HOPELESS
    ]


def _unfinished(awaited: Sequence[Awaited]) -> list[Reason]:
    left = [each for each in awaited if each.state not in _HOPELESS]
    if not left:
        return []
    paused = [each for each in left if each.state is _S.PAUSED]
    resume = f"Resume shot {paused[0].shot_id}, {_ANYWAY}." if paused else ""
    if len(left) == 1:
        text = f"It waits for {_named(left[0])} to be completed: it is {left[0].state} now."
    else:
        names = listed(f"shot {each.shot_id}" for each in left)
        text = f"It waits for {names} to be completed."
    return [
        Reason(
            kind=_K.DEPENDENCY,
            text=text,
            remedy=resume or "It starts by itself; or start it anyway.",
        )
    ]


def _too_early(case: Case) -> list[Reason]:
    if case.not_before is None or case.not_before <= case.now:
        return []
    left_s = (case.not_before - case.now).total_seconds()
    return [
        Reason(
            kind=_K.NOT_BEFORE,
            text=f"It starts at {clock(case.not_before, case.now)}, {in_about(left_s)}.",
            remedy="To have it now, start it anyway.",
            free_in_s=left_s,
        )
    ]


def _held(each: Awaited, held_count: int, is_partial: bool) -> Reason:
    frame = "Its next frame" if each.first_frame is None else f"Frame {each.first_frame}"
    same = "its like" if each.first_frame is None else f"frame {each.first_frame}"
    text = f"{frame} waits for {same} of {_named(each)}, which {_fate(each)}."
    if held_count > 1:
        text += f" {_frames(held_count)} in all."
    given_up = each.state in _HOPELESS or each.failed_count > 0
    remedy = "They go on one by one as it renders."
    if given_up:
        remedy = f"Retry shot {each.shot_id}, {_ANYWAY}."
    elif each.state is _S.PAUSED:
        remedy = f"Resume shot {each.shot_id}, {_ANYWAY}."
    return Reason(
        kind=_K.FAILED_DEPENDENCY if each.state in _HOPELESS else _K.HELD_FRAMES,
        text=text,
        remedy=remedy,
        is_partial=is_partial,
    )


def _named(each: Awaited) -> str:
    return f"shot {each.shot_id} “{each.name}”"


def _fate(each: Awaited) -> str:
    word = "failed" if each.state is _S.FAILED else f"is {each.state}"
    gave_up = f" ({counted(each.failed_count, 'frame')} gave up)" if each.failed_count else ""
    return f"{word}{gave_up}"


def _frames(count: int) -> str:
    return f"{counted(count, 'frame')} {'waits' if count == 1 else 'wait'}"
