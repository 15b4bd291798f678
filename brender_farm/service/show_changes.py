"""Adding, changing and deleting shows: one function is one transaction, then messages."""

from __future__ import annotations

from datetime import UTC, datetime

from brender_farm.db.core import writing
from brender_farm.db.models import Show
from brender_farm.db.reads.shows import require_show
from brender_farm.db.writes.shows import note_show, remove_show, set_active, touch_show
from brender_farm.service.edit_tags import require_unchanged, show_tag
from brender_farm.service.messages import announce
from brender_farm.service.shapes.shows import ShowRequest, ShowRow
from brender_farm.service.show_checks import read_show
from brender_farm.service.shows import active_show, show_rows

_TITLES = {
    "name": "name",
    "root": "root",
    "root_linux": "root on Linux",
    "root_macos": "root on macOS",
    "root_windows": "root on Windows",
    "output_pattern": "output pattern",
    "preset_id": "preset",
    "notes": "notes",
}


def add_show(asked: ShowRequest, *, actor: str) -> ShowRow:
    """Set up a show. Raises RequestRefused with every fault."""
    now = datetime.now(UTC)
    with writing() as session:
        show = Show(**read_show(session, asked, None), created_at=now)
        session.add(show)
        session.flush()
        reason = f"Show {show.name} was added, with the root {show.root}{_scripts(show.auto_run)}."
        note_show(session, show.id, now=now, actor=actor, reason=reason)
        touch_show(session, show.id)
        row = show_rows(session, [show])[0]
    announce()
    return row


def change_show(show_id: int, asked: ShowRequest, *, actor: str, tag: str = "") -> ShowRow:
    """Make a show what is asked for. Shots that there are keep their files and paths.

    Raises NotFound, RequestRefused with every fault, and ChangedMeanwhile when its tag is another.
    """
    with writing() as session:
        show = require_show(session, show_id)
        if tag:
            require_unchanged(tag, show_tag(show_rows(session, [show])[0]))
        values = read_show(session, asked, show_id)
        changed = {key: value for key, value in values.items() if getattr(show, key) != value}
        if changed:
            words = ", ".join(_change(show, key, value) for key, value in changed.items())
            for key, value in changed.items():
                setattr(show, key, value)
            reason = f"Show {show.name}: {words}."
            note_show(session, show_id, now=datetime.now(UTC), actor=actor, reason=reason)
            touch_show(session, show_id)
            session.flush()
        row = show_rows(session, [show])[0]
    announce()
    return row


def delete_show(show_id: int, *, actor: str) -> ShowRow:
    """Forget a show; its shots and all files stay, and belong to no show. Raises NotFound.

    Returns what it was.
    """
    with writing() as session:
        show = require_show(session, show_id)
        row = show_rows(session, [show])[0]
        if row.is_active:
            set_active(session, 0)
        reason = f"Show {show.name} was deleted; {row.shot_count} shots belong to no show now."
        note_show(session, show_id, now=datetime.now(UTC), actor=actor, reason=reason)
        remove_show(session, show)
    announce()
    return row


def activate_show(show_id: int, *, actor: str) -> ShowRow:
    """Make a show the active one. Raises NotFound."""
    with writing() as session:
        show = require_show(session, show_id)
        if active_show(session) != show_id:
            set_active(session, show_id)
            reason = f"Show {show.name} is the active show."
            note_show(session, show_id, now=datetime.now(UTC), actor=actor, reason=reason)
            session.flush()
        return show_rows(session, [show])[0]


def deactivate_shows(*, actor: str) -> None:
    """Have no active show."""
    with writing() as session:
        before = active_show(session)
        if before:
            set_active(session, 0)
            reason = "There is no active show any more."
            note_show(session, before, now=datetime.now(UTC), actor=actor, reason=reason)


def _scripts(may_run: bool) -> str:
    return "; scripts in its .blend files may run" if may_run else ""


def _change(show: Show, key: str, value: object) -> str:
    if key == "auto_run":
        return f"scripts in its .blend files {'may run now' if value else 'may not run any more'}"
    if key in ("notes", "preset_id"):
        return f"{_TITLES[key]} changed"
    return f"{_TITLES[key]} {getattr(show, key) or 'none'} → {value or 'none'}"
