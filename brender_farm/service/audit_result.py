"""What an audit found, for people, programs and the shot's row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from brender_farm.domain.states import ShotState

MAX_LISTED = 100
"""Bad frames that a result names; the others it only counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadFrame:
    """A finished frame whose files are not what was recorded."""

    frame: int
    wrong: str
    """Which file, and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """One comparison of a shot's finished files with what is recorded of them."""

    shot_id: int
    state: ShotState
    """The shot's, after the audit."""
    at: datetime
    actor: str
    full: bool
    """Whether every byte was compared, or existence and size only."""
    checked_count: int
    bad_count: int
    put_back_count: int
    """Bad frames that are pending again; fewer than the bad ones where some changed meanwhile."""
    unread_count: int
    """Frames of which nothing can be said."""
    bad: tuple[BadFrame, ...]
    """The first of them, by number."""
    kept: str
    """Why nothing was put back though frames are bad; empty otherwise."""
    trouble: str
    """What could not be looked at, and what to do; empty when all could."""
    finds_in_row: int
    """How many audits that ran by themselves found something, one after the other."""
    bytes_read: int
    seconds: float

    @property
    def is_well(self) -> bool:
        """Whether every finished frame was looked at and found as recorded."""
        return not self.trouble and not self.bad_count

    def stored(self) -> dict[str, Any]:
        """Return it as what JSON can carry."""
        return asdict(self) | {"at": self.at.isoformat(), "bad": [asdict(bad) for bad in self.bad]}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> AuditResult:
        """Return what `stored()` made of it."""
        return cls(
            **{
                **stored,
                "state": ShotState(stored["state"]),
                "at": datetime.fromisoformat(stored["at"]),
                "bad": tuple(BadFrame(**bad) for bad in stored["bad"]),
            }
        )
