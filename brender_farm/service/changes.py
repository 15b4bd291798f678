"""Tags that tell whoever waits whether something has changed, many of them in a few queries."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from brender_farm.db.core import reading
from brender_farm.db.reads.desk import revs_with_shot
from brender_farm.db.reads.events import newest_event
from brender_farm.db.reads.nodes import nodes_rev, slots_ready
from brender_farm.db.reads.shots import revs_of, shots_rev

SHOTS, NODES, EVENTS, QUEUE = "shots", "nodes", "events", "queue"
_SHOT = "shot:"


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


def shot_and_farm(shot_id: int) -> tuple[str, str] | None:
    """Return one shot's tag, and one that changes with all that is told of shots and nodes.

    None: there is no such shot. It is asked a thousand times a second: one query.
    """
    with reading() as session:
        revs = revs_with_shot(session, shot_id)
    return None if revs is None else (str(revs[2]), f"{revs[0]}-{revs[1]}")


def _of_single_shots(session: Session, subjects: Collection[str]) -> dict[str, str]:
    ids = [int(each.removeprefix(_SHOT)) for each in subjects if each.startswith(_SHOT)]
    return {one_shot(shot_id): str(rev) for shot_id, rev in revs_of(session, ids).items()}
