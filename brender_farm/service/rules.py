"""The farm's rules that people set: limits that there is only so much of, and shares.

A limit that is lowered below what is in use ends nothing: nothing new starts until it fits.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm.config import read_tags, read_word
from brender_farm.db.core import reading, writing
from brender_farm.db.models import FarmLimit
from brender_farm.db.reads import rules as reads
from brender_farm.db.writes.rules import store_limit, store_share
from brender_farm.domain.reasons import listed_shots
from brender_farm.errors import ActionRefused, Fault, NotFound, RequestRefused
from brender_farm.service.edit_tags import limit_tag, require_unchanged, share_tag
from brender_farm.service.limits import number_within, shown
from brender_farm.service.messages import announce
from brender_farm.service.shapes.farm import LimitRow, Rules, ShareRow

_SLOTS = (0, 100_000)
_WEIGHTS = (0.001, 1000.0)
_LONGEST_NAME = 100


def list_rules() -> Rules:
    """Return every limit and share, and what is in use of them now."""
    with reading() as session:
        return _rules(session)


def set_limit(name: str, slots: float | str, *, actor: str, tag: str = "") -> LimitRow:
    """Set how many chunks may have a limit at a time; 0 holds all its shots.

    Raises RequestRefused, and ChangedMeanwhile when it has another tag.
    """
    limit, count = _limit_name(name), _slots(slots)
    if isinstance(limit, Fault) or isinstance(count, Fault):
        raise RequestRefused(*_faults(limit, count))
    with writing() as session:
        if tag:
            known = next((row for row in _rules(session).limits if row.name == limit), None)
            require_unchanged(tag, limit_tag(known) if known else "")
        store_limit(session, limit, count, now=datetime.now(UTC), actor=actor)
        row = next(row for row in _rules(session).limits if row.name == limit)
    announce()
    return row


def remove_limit(name: str, *, actor: str) -> None:
    """Forget a limit. Raises NotFound, and ActionRefused while unfinished shots name it."""
    with writing() as session:
        users = [row.id for row in reads.unfinished_shots(session) if name in row.limit_names]
        if users:
            raise ActionRefused(
                f"{listed_shots(users).capitalize()} {'names' if len(users) == 1 else 'name'} the "
                f"limit {name} and {'is' if len(users) == 1 else 'are'} not finished. Wait, cancel "
                "them, or set the limit high instead."
            )
        if not store_limit(session, name, None, now=datetime.now(UTC), actor=actor):
            raise NotFound(f"There is no limit {name!r}. See: brender limits")
    announce()


def set_share(submitter: str, weight: float | str, *, actor: str, tag: str = "") -> ShareRow:
    """Set how much of the farm a submitter is to have beside others, whose weight is 1.

    Raises RequestRefused, and ChangedMeanwhile when it has another tag.
    """
    who, number = _submitter(submitter), _weight(weight)
    if isinstance(who, Fault) or isinstance(number, Fault):
        raise RequestRefused(*_faults(who, number))
    with writing() as session:
        if tag:
            known = next((row for row in _rules(session).shares if row.submitter == who), None)
            require_unchanged(tag, share_tag(known) if known else "")
        store_share(session, who, number, now=datetime.now(UTC), actor=actor)
        row = next(row for row in _rules(session).shares if row.submitter == who)
    announce()
    return row


def remove_share(submitter: str, *, actor: str) -> None:
    """Give a submitter the weight of everybody, 1. Raises NotFound."""
    with writing() as session:
        if not store_share(session, submitter, None, now=datetime.now(UTC), actor=actor):
            raise NotFound(f"{submitter!r} has no share of its own. See: brender shares")
    announce()


def read_limit_names(text: str | None) -> tuple[str, ...] | Fault:
    """Understand names of limits with commas between; each must have been set."""
    try:
        names = read_tags(text or "")
    except ValueError as error:
        return Fault(field="limits", message=f"{error}".capitalize(), remedy="Example: nuke")
    if not names:
        return names
    with reading() as session:
        known = set(session.scalars(select(FarmLimit.name)))
    missing = [name for name in names if name not in known]
    if missing:
        return Fault(
            field="limits",
            message=f"There is no limit {missing[0]}.",
            remedy=f"Set it first: brender limits set {missing[0]} 4",
        )
    return names


def _rules(session: Session) -> Rules:
    slots, shares = reads.limit_slots(session), reads.weights(session)
    used, busy = Counter[str](), Counter[str]()
    for row in reads.shots_with_slots(session):
        busy[row.submitter] += row.slots
        used.update(dict.fromkeys(row.limit_names, row.slots))
    naming, submitted = Counter[str](), Counter[str]()
    for shot in reads.unfinished_shots(session):
        submitted[shot.submitter] += 1
        naming.update(shot.limit_names)
    return Rules(
        limits=tuple(
            LimitRow(name=name, slots=slots[name], used=used[name], shot_count=naming[name])
            for name in sorted(slots)
        ),
        shares=tuple(
            ShareRow(
                submitter=who,
                weight=shares.get(who, 1.0),
                is_set=who in shares,
                slots=busy[who],
                shot_count=submitted[who],
            )
            for who in sorted(shares.keys() | busy.keys() | submitted.keys(), key=str.lower)
        ),
    )


def _faults(*read: object) -> list[Fault]:
    return [each for each in read if isinstance(each, Fault)]


def _limit_name(text: str) -> str | Fault:
    try:
        name = read_word(text)
    except ValueError as error:
        return Fault(field="name", message=f"{error}".capitalize(), remedy="Example: nuke")
    return name or Fault(field="name", message="A limit needs a name.", remedy="Example: nuke")


def _slots(count: float | str) -> int | Fault:
    number = number_within(count, *_SLOTS)
    if number is not None and number == int(number):
        return int(number)
    return Fault(
        field="slots",
        message=f"{shown(count)} is not a number of chunks.",
        remedy=f"Give a whole number from 0 to {_SLOTS[1]:,}; 0 holds all its shots.",
    )


def _submitter(text: str) -> str | Fault:
    who = text.strip()
    if who and len(who) <= _LONGEST_NAME and who.isprintable():
        return who
    return Fault(
        field="submitter",
        message=f"{shown(text)} is not a submitter's name.",
        remedy=f"Write it as the list of shots does, up to {_LONGEST_NAME} characters.",
    )


def _weight(weight: float | str) -> float | Fault:
    number = number_within(weight, *_WEIGHTS)
    if number is not None:
        return number
    low, high = _WEIGHTS
    return Fault(
        field="weight",
        message=f"{shown(weight)} is not a weight.",
        remedy=f"Give {low:g} to {high:,.0f}; 2 is twice as much of the farm as others have.",
    )
