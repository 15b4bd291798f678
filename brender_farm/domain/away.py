"""Nodes that take no work now: said in words, with what would bring them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from brender_farm.domain.case import Away, AwayCause
from brender_farm.domain.reasons import lasting, listed, shown

_C = AwayCause

_STATES = {
    _C.OFFLINE: "offline",
    _C.TROUBLE: "in trouble",
    _C.STOPPING: "stopping",
    _C.CLOSED: "outside {its} hours",
    _C.DRAINING: "draining",
    _C.DISABLED: "disabled",
}
_ENABLE = "Enable {it} to use {its} slots."
_REMEDIES = {
    _C.OFFLINE: "Start {it}: brender worker.",
    _C.TROUBLE: "See what {it} says on the Nodes page.",
    _C.STOPPING: "Start {it} again: brender worker.",
    _C.CLOSED: "Wait, or change {its} hours.",
    _C.DRAINING: _ENABLE,
    _C.DISABLED: _ENABLE,
}
_ONE = {"it": "it", "its": "its"}
_MANY = {"it": "them", "its": "their"}


def away_words(away: Sequence[Away], now: datetime) -> str:
    """Say of each cause which nodes it keeps away: `a and b are offline, c is disabled`."""
    return "; ".join(_group(group, now) for group in _by_cause(away))


def state_words(away: Away, now: datetime) -> str:
    """Say what one node is: `offline (for 3 h)`, `disabled (new memory on Friday)`."""
    words = _STATES[away.cause].format(**_ONE)
    if away.cause is _C.CLOSED and away.until is not None:
        return f"{words} until {clock(away.until, now)}"
    if away.cause is _C.OFFLINE and away.since is not None:
        return f"{words} (for {lasting(max(0.0, (now - away.since).total_seconds()))})"
    return f"{words} ({_cut(away.why)})" if away.why else words


def named(away: Sequence[Away]) -> tuple[str, ...]:
    """Return the names that `away_words` names."""
    return tuple(name for group in _by_cause(away) for name in shown(e.node.name for e in group))


def remedy(away: Sequence[Away]) -> str:
    """Say what brings back those of the first cause."""
    first, *others = _by_cause(away)
    words = dict(_MANY if len(first) > 1 else _ONE)
    if others:
        words["it"] = listed([each.node.name for each in first])
    return _REMEDIES[first[0].cause].format(**words)


def back_in_s(away: Sequence[Away], now: datetime) -> float | None:
    """Return the seconds until the first of them takes work again by itself; None: unknown."""
    times = [(each.until - now).total_seconds() for each in away if each.until is not None]
    return max(0.0, min(times)) if times else None


def clock(moment: datetime, now: datetime) -> str:
    """Write a local time: `19:00` today, `Mon 19:00` this week, else with its date."""
    day = moment.date() - now.astimezone(moment.tzinfo).date()
    if day.days == 0:
        return f"{moment:%H:%M}"
    return f"{moment:%a %H:%M}" if 0 < day.days < 7 else f"{moment:%Y-%m-%d %H:%M}"


def _by_cause(away: Sequence[Away]) -> list[list[Away]]:
    """Group them, what most likely should be there first."""
    groups: dict[AwayCause, list[Away]] = {cause: [] for cause in AwayCause}
    for each in sorted(away, key=lambda each: each.node.name):
        groups[each.cause].append(each)
    return [group for group in groups.values() if group]


def _group(group: Sequence[Away], now: datetime) -> str:
    names = listed([each.node.name for each in group])
    if len(group) == 1:
        return f"{names} is {state_words(group[0], now)}"
    return f"{names} are {_STATES[group[0].cause].format(**_MANY)}"


def _cut(text: str) -> str:
    """Keep a sentence short: the Nodes page has the whole text."""
    text = text.rstrip(". ")
    return text if len(text) <= 80 else f"{text[:79]}…"
