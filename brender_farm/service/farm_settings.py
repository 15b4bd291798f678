"""What is set for the whole farm while it runs: each setting with its default and its bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm.db.core import reading, writing
from brender_farm.db.models import FarmSetting, Show
from brender_farm.db.writes.events import add_event
from brender_farm.errors import Fault, NotFound, RequestRefused
from brender_farm.service.edit_tags import require_unchanged, settings_tag
from brender_farm.service.limits import number_within, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A setting: its default tells what type it is; numbers have bounds."""

    name: str
    default: bool | float | int
    title: str
    words: str
    """What it does, and what to choose when."""
    unit: str = ""
    low: float = 0
    high: float = 0


KINDS = (
    Kind(
        name="films",
        default=True,
        title="Preview films",
        words="Make a film of each shot that completes, while the farm's machine has time for it.",
    ),
    Kind(
        name="slow_factor",
        default=3.0,
        title="A frame is slow when it takes",
        words="So many times as long as its shot's other frames usually take, and 10 s longer at "
        "least: then it stands under Stuck and failed.",
        unit="times",
        low=1.2,
        high=100,
    ),
    Kind(
        name="archive_after_days",
        default=0,
        title="Archive finished shots after",
        words="They leave the list then, and nothing of them is lost. 0: never by themselves.",
        unit="days",
        low=0,
        high=3650,
    ),
    Kind(
        name="require_node_keys",
        default=False,
        title="Only nodes with keys",
        words="Believe no node that has no key of its own (brender node-token), this machine's "
        "included, and give it no work. Turn it on once every node has one.",
    ),
    Kind(
        name="active_show",
        default=0,
        title="Active show",
        words="The show that the submit form begins with. 0: none.",
        low=0,
        high=2**53,
    ),
)
_BY_NAME = {kind.name: kind for kind in KINDS}


def setting(session: Session, name: str) -> Any:
    """Return what a setting is now. Raises KeyError for a name that is none."""
    kind = _BY_NAME[name]
    row = session.get(FarmSetting, name)
    return kind.default if row is None else row.value


def all_settings() -> dict[str, Any]:
    """Return every setting by name."""
    with reading() as session:
        stored = {row.name: row.value for row in session.scalars(select(FarmSetting))}
    return {kind.name: stored.get(kind.name, kind.default) for kind in KINDS}


def change_setting(name: str, text: str | bool | float, *, actor: str) -> bool | float | int:
    """Set one and return what it is now. Raises NotFound and RequestRefused."""
    value: bool | float | int = change_settings({name: text}, actor=actor)[name]
    return value


def change_settings(
    asked: Mapping[str, str | bool | float], *, actor: str, tag: str = ""
) -> dict[str, Any]:
    """Set some, all or none, and return what they are now.

    Raises NotFound for a name that is none, RequestRefused with a fault for each that cannot be,
    and ChangedMeanwhile when all of them together have another tag.
    """
    for name in asked:
        if name not in _BY_NAME:
            raise NotFound(f"There is no setting {name!r}. There are: {', '.join(_BY_NAME)}.")
    values = _read_all(asked)
    with writing() as session:
        require_unchanged(tag, settings_tag({each: setting(session, each) for each in _BY_NAME}))
        for name, value in values.items():
            kind, before = _BY_NAME[name], setting(session, name)
            _require_show(session, kind, value)
            if value != before:
                _store(session, name, value)
                _tell(session, kind, before, value, actor)
    return values


def _read_all(asked: Mapping[str, str | bool | float]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, text in asked.items():
        try:
            values[name] = _read(_BY_NAME[name], text)
        except RequestRefused as error:
            faults += error.faults
    if faults:
        raise RequestRefused(*faults)
    return values


def _tell(session: Session, kind: Kind, before: Any, value: Any, actor: str) -> None:
    add_event(
        session,
        at=datetime.now(UTC),
        actor=actor,
        subject="setting",
        subject_id=0,
        from_state="",
        to_state="",
        reason=f"{kind.title}: {_said(before)} → {_said(value)}.",
    )


def _require_show(session: Session, kind: Kind, value: float) -> None:
    if kind.name == "active_show" and value and session.get(Show, int(value)) is None:
        raise RequestRefused(
            Fault(
                field=kind.name,
                message=f"There is no show {value:g}.",
                remedy="Choose one of the Shows page, or 0 for none.",
            )
        )


def _store(session: Session, name: str, value: bool | float) -> None:
    row = session.get(FarmSetting, name)
    if row is None:
        session.add(FarmSetting(name=name, value=value))
    else:
        row.value = value


def _read(kind: Kind, text: str | bool | float) -> bool | float | int:
    if isinstance(kind.default, bool):
        return _read_switch(kind, text)
    number = number_within(text, kind.low, kind.high)
    whole = isinstance(kind.default, int)
    if number is None or (whole and number != int(number)):
        raise RequestRefused(
            Fault(
                field=kind.name,
                message=f"{shown(text)} is not possible for “{kind.title}”.",
                remedy=f"Give a {'whole ' if whole else ''}number, {kind.low:g} to {kind.high:g}.",
            )
        )
    return int(number) if whole else number


def _read_switch(kind: Kind, text: str | bool | float) -> bool:
    word = str(text).strip().lower()
    if word in {"yes", "on", "true", "1"}:
        return True
    if word in {"no", "off", "false", "0", ""}:
        return False
    raise RequestRefused(
        Fault(field=kind.name, message=f"{shown(text)} is neither yes nor no.", remedy="Say which.")
    )


def _said(value: Any) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else f"{value:g}"
