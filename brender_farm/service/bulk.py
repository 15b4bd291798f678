"""One action over many shots: each in a short transaction of its own, each with its outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Shot
from brender_farm.db.reads.shots import ids_matching, names_of_shots, require_shot, sums_of_shots
from brender_farm.domain.shot_filter import ShotFilter
from brender_farm.domain.states import OVER_SHOT_STATES, SHOT_ACTIONS, ShotState
from brender_farm.errors import ActionRefused, Fault, NotFound, RequestRefused
from brender_farm.service import shot_actions
from brender_farm.service.archive import put_away, take_out
from brender_farm.service.checks import priority_fault
from brender_farm.service.deletion import Forgotten, forget, remove_traces
from brender_farm.service.messages import Orders, announce
from brender_farm.service.reset import reset
from brender_farm.service.shapes.bulk import BulkResult, Refusal, Survey

MAX_SHOTS = 20_000
_TOLD_AT_A_TIME = 100
"""Shots after which nodes and the scheduler are told: at once for few, and not a thousand times."""
_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """What was asked for, and by whom."""

    actor: str
    reason: str
    priority: int
    now: datetime
    only_of: str | None
    """Whose shots alone may be touched; None: anybody's."""


def bulk(
    action: str,
    ids: Iterable[int],
    *,
    actor: str,
    reason: str = "",
    priority: int | None = None,
    only_of: str | None = None,
) -> BulkResult:
    """Do one of BULK_ACTIONS to these shots, and return what became of each.

    A shot that refuses stops none of the others; with `only_of`, all that somebody else submitted
    refuse. Raises RequestRefused for an action that is none,
    a priority that is none, and more than MAX_SHOTS shots.
    """
    chosen = list(dict.fromkeys(ids))
    _check(action, chosen, priority)
    if action == "delete":
        chosen.sort(reverse=True)  # what comes after others before those, which it would hold
    ask = _Ask(
        actor=actor,
        reason=reason,
        priority=priority or 0,
        now=datetime.now(UTC),
        only_of=only_of,
    )
    done: list[int] = []
    refused: list[Refusal] = []
    for start in range(0, len(chosen), _TOLD_AT_A_TIME):
        part = chosen[start : start + _TOLD_AT_A_TIME]
        outcomes = [_try(action, shot_id, ask) for shot_id in part]
        refused += [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
        done += [outcome.shot_id for outcome in outcomes if isinstance(outcome, _Done)]
        _tell([outcome.orders for outcome in outcomes if isinstance(outcome, _Done)])
    return BulkResult(action=action, done=tuple(done), refused=_named(refused))


def shots_meant(wanted: ShotFilter) -> tuple[int, ...]:
    """Return the numbers of all shots that match."""
    with reading() as session:
        return tuple(ids_matching(session, wanted))


def survey(action: str, ids: Sequence[int]) -> Survey:
    """Return what an action over these shots would reach: how many, of how many frames."""
    with reading() as session:
        found = sums_of_shots(session, ids)
        possible = [row for row in found if _is_possible(action, row.state)]
        return Survey(
            ids=tuple(row.id for row in found),
            possible_count=len(possible),
            names=tuple(names_of_shots(session, [row.id for row in possible[:_NAMED]]).values()),
            frame_count=sum(row.frame_count for row in possible),
            done_count=sum(row.done_count for row in possible),
            pending_count=sum(row.pending_count for row in possible),
            rendering_count=sum(
                row.frame_count - row.done_count - row.failed_count - row.pending_count
                for row in possible
            ),
        )


@dataclass(frozen=True, slots=True)
class _Done:
    """A shot that the action was done to."""

    shot_id: int
    orders: Orders


def _try(action: str, shot_id: int, ask: _Ask) -> _Done | Refusal:
    try:
        with writing() as session:
            shot = require_shot(session, shot_id)
            _require_own(shot, ask.only_of)
            outcome = _DEEDS[action](session, shot, ask)
    except (NotFound, ActionRefused, RequestRefused) as error:
        return Refusal(shot_id=shot_id, why=error.message)
    if isinstance(outcome, Forgotten):
        remove_traces(outcome)
        outcome = outcome.orders
    return _Done(shot_id, outcome)


def _require_own(shot: Shot, only_of: str | None) -> None:
    if only_of not in (None, shot.submitter):
        raise ActionRefused(f"It is {shot.submitter}'s; you may steer your own.")


def _tell(orders: list[Orders]) -> None:
    if orders:
        announce(
            Orders(
                stop={chunk: node for each in orders for chunk, node in each.stop.items()},
                finish={chunk: node for each in orders for chunk, node in each.finish.items()},
            )
        )


def _named(refused: list[Refusal]) -> tuple[Refusal, ...]:
    with reading() as session:
        names = names_of_shots(session, [refusal.shot_id for refusal in refused])
    return tuple(
        Refusal(shot_id=each.shot_id, name=names.get(each.shot_id, ""), why=each.why)
        for each in refused
    )


def _check(action: str, ids: list[int], priority: int | None) -> None:
    faults: list[Fault | None] = []
    if action not in _DEEDS:
        known = ", ".join(BULK_ACTIONS)
        words = f"{action[:40]!r} is not an action."
        faults.append(Fault(field="action", message=words, remedy=f"Choose one of {known}."))
    if len(ids) > MAX_SHOTS:
        words = f"{len(ids):,} shots are too many at a time."
        remedy = f"Choose {MAX_SHOTS:,} at most."
        faults.append(Fault(field="ids", message=words, remedy=remedy))
    if action == "priority":
        faults.append(priority_fault(-1 if priority is None else priority))
    found = [fault for fault in faults if fault is not None]
    if found:
        raise RequestRefused(*found)


def _is_possible(action: str, state: ShotState) -> bool:
    if action == "archive":
        return state in OVER_SHOT_STATES
    return action not in SHOT_ACTIONS or state in SHOT_ACTIONS[action][1]


def _steer(action: str) -> Callable[[Session, Shot, _Ask], Orders]:
    def deed(session: Session, shot: Shot, ask: _Ask) -> Orders:
        return shot_actions.perform(
            session, shot, action, actor=ask.actor, reason=ask.reason, now=ask.now
        )

    return deed


def _reset(session: Session, shot: Shot, ask: _Ask) -> Orders:
    return reset(session, shot, actor=ask.actor, reason=ask.reason, now=ask.now)


def _prioritise(session: Session, shot: Shot, ask: _Ask) -> Orders:
    shot_actions.change_priority(session, shot, ask.priority, actor=ask.actor, now=ask.now)
    return Orders()


def _archive(session: Session, shot: Shot, ask: _Ask) -> Orders:
    put_away(session, shot, actor=ask.actor, now=ask.now)
    return Orders()


def _unarchive(session: Session, shot: Shot, ask: _Ask) -> Orders:
    take_out(session, shot, actor=ask.actor, now=ask.now)
    return Orders()


def _delete(session: Session, shot: Shot, ask: _Ask) -> Forgotten:
    return forget(session, shot, actor=ask.actor, reason=ask.reason, now=ask.now)


_DEEDS: dict[str, Callable[[Session, Shot, _Ask], Orders | Forgotten]] = {
    **{action: _steer(action) for action in ("pause", "resume", "retry", "start", "cancel")},
    "priority": _prioritise,
    "archive": _archive,
    "unarchive": _unarchive,
    "reset": _reset,
    "delete": _delete,
}
BULK_ACTIONS = tuple(_DEEDS)
"""What may be done to many shots at once."""
