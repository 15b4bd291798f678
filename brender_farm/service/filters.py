"""Filters of the list of shots that people keep under a name, each person their own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from brender_farm.db.core import reading, writing
from brender_farm.db.models import SavedFilter
from brender_farm.domain.signs import odd_in_name
from brender_farm.errors import Fault, NotFound, RequestRefused

MAX_FILTERS = 100
_MAX_NAME = 60
_MAX_QUERY = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterRow:
    """A filter that somebody kept."""

    id: int
    name: str
    query: str
    """The list's address after the question mark."""


def list_filters(owner: str) -> tuple[FilterRow, ...]:
    """Return a person's filters, by name."""
    with reading() as session:
        query = select(SavedFilter).where(SavedFilter.owner == owner)
        return tuple(map(_row, session.scalars(query.order_by(func.lower(SavedFilter.name)))))


def save_filter(name: str, query: str, *, owner: str) -> FilterRow:
    """Keep a filter under a name, in the place of the person's own one of that name.

    Raises RequestRefused.
    """
    name = name.strip()
    faults = [fault for fault in (_name_fault(name), _query_fault(query)) if fault is not None]
    if faults:
        raise RequestRefused(*faults)
    with writing() as session:
        kept = _named(session, owner, name)
        if kept is None:
            _require_room(session, owner)
            kept = SavedFilter(owner=owner, name=name)
            session.add(kept)
        kept.query = query
        session.flush()
        return _row(kept)


def delete_filter(filter_id: int, *, owner: str) -> FilterRow:
    """Forget one of a person's filters. Raises NotFound, for somebody else's as well."""
    with writing() as session:
        kept = session.get(SavedFilter, filter_id)
        if kept is None or kept.owner != owner:
            raise NotFound(f"You have no filter {filter_id}.")
        row = _row(kept)
        session.delete(kept)
    return row


def _row(kept: SavedFilter) -> FilterRow:
    return FilterRow(id=kept.id, name=kept.name, query=kept.query)


def _named(session: Session, owner: str, name: str) -> SavedFilter | None:
    query = select(SavedFilter).where(SavedFilter.owner == owner, SavedFilter.name == name)
    return session.scalar(query)


def _require_room(session: Session, owner: str) -> None:
    query = select(func.count()).select_from(SavedFilter).where(SavedFilter.owner == owner)
    if (session.scalar(query) or 0) >= MAX_FILTERS:
        raise RequestRefused(
            Fault(
                field="name",
                message=f"You have {MAX_FILTERS} filters already.",
                remedy="Delete one that you no longer need.",
            )
        )


def _name_fault(name: str) -> Fault | None:
    if name and len(name) <= _MAX_NAME and not odd_in_name(name):
        return None
    return Fault(
        field="name",
        message="A filter has no such name.",
        remedy=f"Give it a name of 1 to {_MAX_NAME} printable characters.",
    )


def _query_fault(query: str) -> Fault | None:
    if 0 < len(query) <= _MAX_QUERY:
        return None
    return Fault(
        field="query",
        message="There is nothing to keep." if not query else "The filter is too long to keep.",
        remedy="Choose what the list is to show first, then keep it.",
    )
