"""Lines of logs, and whose there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from brender_farm.broker.log_stream import WARNINGS, LogLine


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which lines of which process."""

    source: str = WARNINGS
    """`scheduler`, `dashboard`, `node.<name>`, `chunk.<id>`; `warnings`: trouble of them all."""
    level: str = "INFO"
    """At least so bad."""
    search: str = ""
    """In the sentence and the fields, in any case of letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Lines that match, oldest first."""

    lines: tuple[LogLine, ...]
    total: int
    """How many match of those that are kept."""
    trouble: str
    """Why the broker does not answer, so that there may be more; empty when it does."""
    tag: str
    """Changes when there is something new."""
    last_id: str
    """Of the last line that was read, whether it matches or not."""
    has_older: bool = False
    """Whether lines that match, and are kept, come before these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSource:
    """A process that said something in the last days, or a chunk with a log."""

    name: str
    words: str
    last_at: datetime | None
