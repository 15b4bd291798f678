"""Messages that were not believed: said once a minute and counted, however many there are.

Whoever reaches the broker may send what they like, as often as they like. What is refused must
fill neither the log nor the memory.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field

SAY_EVERY_S = 60.0
"""How long the same refusal is only counted after it was said."""
KEPT_S = 600.0
"""How long it is remembered after it happened last."""
MOST_OF_ONE = 8
"""Different refusals of one sender that are told apart; what is more counts as one."""
MOST_KINDS = 100
"""The same of all senders."""
_LONGEST = 300
_MORE = "Messages were refused for many other reasons."
_OTHERS = ("many", _MORE)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What was refused of whom, and how often in the last minutes."""

    who: str
    why: str
    count: int


@dataclass(slots=True)
class _Seen:
    count: int
    unsaid: int
    last_s: float
    said_s: float


@dataclass(slots=True)
class Refusals:
    """Counts refusals of this process. Safe from any thread."""

    _seen: dict[tuple[str, str], _Seen] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, who: str, why: str, *, now_s: float | None = None) -> None:
        """Count that a message of `who` was refused; say so unless it was said lately."""
        now_s = time.monotonic() if now_s is None else now_s
        with self._lock:
            self._forget_old(now_s)
            key = self._key(_short(who), _short(why))
            seen = self._seen.setdefault(key, _Seen(0, 0, now_s, float("-inf")))
            seen.count, seen.unsaid, seen.last_s = seen.count + 1, seen.unsaid + 1, now_s
            if now_s - seen.said_s < SAY_EVERY_S:
                return
            times, seen.unsaid, seen.said_s = seen.unsaid, 0, now_s
        who, why = key
        log.warning("A message was refused.", extra={"sender": who, "why": why, "times": times})

    def lately(self, *, now_s: float | None = None) -> tuple[Refusal, ...]:
        """Return what was refused in the last minutes, the most frequent first."""
        now_s = time.monotonic() if now_s is None else now_s
        with self._lock:
            self._forget_old(now_s)
            found = [
                Refusal(who=who, why=why, count=seen.count)
                for (who, why), seen in self._seen.items()
            ]
        return tuple(sorted(found, key=lambda one: (-one.count, one.who, one.why)))

    def _key(self, who: str, why: str) -> tuple[str, str]:
        """Return what a refusal is counted as."""
        if (who, why) in self._seen:
            return who, why
        if sum(one == who for one, _ in self._seen) >= MOST_OF_ONE:
            why = _MORE
        if (who, why) not in self._seen and len(self._seen) >= MOST_KINDS:
            return _OTHERS
        return who, why

    def _forget_old(self, now_s: float) -> None:
        old = [key for key, seen in self._seen.items() if now_s - seen.last_s > KEPT_S]
        for key in old:
            del self._seen[key]


def _short(text: str) -> str:
    """Return the beginning of a text that strangers wrote, on one line and printable."""
    clean = "".join(sign if sign.isprintable() else "·" for sign in text[: _LONGEST + 1])
    return clean if len(clean) <= _LONGEST else f"{clean[:_LONGEST]}…"


refusals = Refusals()
"""Of this process."""
