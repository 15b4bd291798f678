"""Keys that programs give their submissions: one sent twice makes one shot.

A program that got no answer cannot know whether its shot was stored. It sends the same again with
the same key, and is told of the shot that the first one made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Shot, SubmitKey
from brender_farm.errors import Fault, RequestRefused
from brender_farm.service.requests import Submitted
from brender_farm.service.views import shot_row

KEPT = timedelta(hours=48)
"""A key may be used anew after this."""
FIELD = "Idempotency-Key"
LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OnceOnly:
    """A key, and what was asked for with it."""

    key: str
    digest: str


def once_only(key: str, asked: Mapping[str, Any]) -> OnceOnly:
    """Read a key. Raises RequestRefused unless it is 1 to 200 printable ASCII characters."""
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise RequestRefused(
            Fault(
                field=FIELD,
                message="This cannot be a key.",
                remedy=f"Send 1 to {LONGEST} printable ASCII characters, such as a UUID.",
            )
        )
    text = json.dumps(asked, sort_keys=True, default=str)
    return OnceOnly(key=key, digest=hashlib.sha256(text.encode()).hexdigest())


def answered_before(
    session: Session, once: OnceOnly | None, submitter: str, *, now: datetime
) -> Submitted | None:
    """Return what a submission with this key has made; None: it is the first.

    Raises RequestRefused when the key was used for another request.
    """
    stored = session.get(SubmitKey, (submitter, once.key)) if once is not None else None
    if once is None or stored is None or stored.at < now - KEPT:
        return None
    if stored.digest != once.digest:
        raise RequestRefused(
            Fault(
                field=FIELD,
                message=f"This key was used for another request, which made shot {stored.shot_id}.",
                remedy="Use a new key for each submission.",
            )
        )
    shot = session.get_one(Shot, stored.shot_id)
    return Submitted(
        shot=shot_row(shot),
        output_dir=shot.output_dir,
        warnings=tuple(stored.warnings),
        is_replayed=True,
    )


def look_for_answer(once: OnceOnly, submitter: str) -> Submitted | None:
    """Do the same in a transaction of its own."""
    with reading() as session:
        return answered_before(session, once, submitter, now=datetime.now(UTC))


def keep_answer(
    session: Session,
    once: OnceOnly | None,
    shot: Shot,
    warnings: tuple[str, ...],
    *,
    now: datetime,
) -> None:
    """Remember which shot a key made, in the transaction that makes it."""
    if once is None:
        return
    session.execute(
        delete(SubmitKey).where(SubmitKey.submitter == shot.submitter, SubmitKey.key == once.key)
    )
    session.add(
        SubmitKey(
            submitter=shot.submitter,
            key=once.key,
            digest=once.digest,
            shot_id=shot.id,
            warnings=list(warnings),
            at=now,
        )
    )


def forget_old_keys(now: datetime) -> int:
    """Forget keys that may be used anew; return how many."""
    old = SubmitKey.at < now - KEPT
    with reading() as session:
        if session.query(SubmitKey.key).filter(old).first() is None:
            return 0
    with writing() as session:
        keys = session.query(SubmitKey.key).filter(old).count()
        session.execute(delete(SubmitKey).where(old))
    return keys
