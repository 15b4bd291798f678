"""Keeping what nodes' machines did over time. Runs inside `writing()`.

A node's steps are found by the table's key alone (node, length, time): another index would cost
as much again with every step.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from brender_farm.db.models import PastSample
from brender_farm.db.types import UtcDateTime
from brender_farm.domain.samples import BUSY_SLOTS, FIGURES, LEVELS, WHOLE, Due, Means, kept_since

_COLUMNS = (*FIGURES, BUSY_SLOTS)
_THESE_NODES = PastSample.node_id.in_(bindparam("node_ids", expanding=True))
_DROP = delete(PastSample).where(
    _THESE_NODES,
    PastSample.step_s == bindparam("step_s"),
    PastSample.at < bindparam("before"),
)


def store_steps(session: Session, due: Due, now: datetime) -> None:
    """Store the steps that have ended, sum up longer ones from them, drop those too old."""
    if not due.means:
        return
    connection = session.connection()  # past the session, which would first write every change
    dialect = connection.dialect.name
    connection.execute(_store(dialect), [_row(means) for means in due.means])
    for rollup in due.rollups.values():
        level, shorter = LEVELS[rollup.level], LEVELS[rollup.level - 1]
        step = {
            "node_ids": rollup.node_ids,
            "step_s": level.step_s,
            "shorter_s": shorter.step_s,
            "at": rollup.at,
            "until": rollup.at + timedelta(seconds=level.step_s),
        }
        connection.execute(_roll_up(dialect), step)
        # A longer step has ended: time to drop the old ones of both lengths.
        for number in (rollup.level - 1, rollup.level):
            old = {"step_s": LEVELS[number].step_s, "before": kept_since(number, now)}
            connection.execute(_DROP, {"node_ids": rollup.node_ids, **old})


def forget_samples(session: Session, node_id: int) -> None:
    session.execute(delete(PastSample).where(PastSample.node_id == node_id))


def _insert(dialect: str) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(PastSample)


@cache
def _store(dialect: str) -> Any:
    # A clock that was set back brings a step a second time: the first one stays.
    return _insert(dialect).on_conflict_do_nothing()


@cache
def _roll_up(dialect: str) -> Any:
    means = select(
        PastSample.node_id,
        bindparam("step_s", type_=Integer),
        bindparam("at", type_=UtcDateTime),
        *(_mean_of(name) for name in _COLUMNS),
    )
    shorter = means.where(
        _THESE_NODES,
        PastSample.step_s == bindparam("shorter_s"),
        PastSample.at >= bindparam("at", type_=UtcDateTime),
        PastSample.at < bindparam("until", type_=UtcDateTime),
    ).group_by(PastSample.node_id)
    columns = ["node_id", "step_s", "at", *_COLUMNS]
    return _insert(dialect).from_select(columns, shorter).on_conflict_do_nothing()


def _mean_of(name: str) -> Any:
    mean = func.avg(getattr(PastSample, name))
    return func.round(mean) if name in WHOLE else mean


def _row(means: Means) -> dict[str, Any]:
    return {
        "node_id": means.node_id,
        "step_s": LEVELS[0].step_s,
        "at": means.at,
        **means.values,
    }
