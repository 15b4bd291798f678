"""Tags that tell whoever waits whether something has changed, many of them in a few queries."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from brender_farm.db.core import reading, write_count
from brender_farm.db.reads.desk import farm_revs
from brender_farm.db.reads.events import newest_event
from brender_farm.db.reads.nodes import nodes_rev, slots_ready
from brender_farm.db.reads.shots import revs_of, shots_rev
from brender_farm.service.known import known

SHOTS, NODES, EVENTS, QUEUE = "shots", "nodes", "events", "queue"
_SHOT = "shot:"
_FRESH_S = 0.02


def one_shot(shot_id: int) -> str:
    """Return what a single shot is called among the subjects."""
    return f"{_SHOT}{shot_id}"


def current_tags(subjects: Collection[str]) -> dict[str, str]:
    """Return the tag of each of these now; shots that are not there are missing."""
    with reading() as session:
        tags = _of_single_shots(session, subjects)
        if SHOTS in subjects or QUEUE in subjects:
            tags[SHOTS] = str(shots_rev(session))
        if NODES in subjects:
            tags[NODES] = str(nodes_rev(session))
        if EVENTS in subjects:
            tags[EVENTS] = str(newest_event(session))
        if QUEUE in subjects:
            tags[QUEUE] = f"{tags[SHOTS]}-{slots_ready(session)}"
    return {subject: tags[subject] for subject in subjects if subject in tags}


def farm_tag() -> str:
    """Return what changes with all that is told of shots and nodes.

    It may be 20 ms old, so that a thousand askers a second cost fifty queries, but is never older
    than what this process has written: who changes something and looks sees it changed.
    """
    found: str = known("farm", good_for_s=_FRESH_S).get(str(write_count()), _ask_farm)
    return found


def _ask_farm() -> str:
    with reading() as session:
        return "-".join(map(str, farm_revs(session)))


def _of_single_shots(session: Session, subjects: Collection[str]) -> dict[str, str]:
    ids = [int(each.removeprefix(_SHOT)) for each in subjects if each.startswith(_SHOT)]
    return {one_shot(shot_id): str(rev) for shot_id, rev in revs_of(session, ids).items()}
