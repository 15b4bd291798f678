"""News that wait to be sent: gathered for a moment, so that what ends together is told together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from brender_farm.domain.news import News

GATHER_S = 5.0
"""So long after the first of several news they go out, as one message."""


@dataclass(slots=True)
class _Pile:
    since_s: float
    news: list[News] = field(default_factory=list)


@dataclass(slots=True)
class MailBag:
    """The news of each subscription that nobody has been told of yet. Times are of one clock."""

    _waiting: dict[int, _Pile] = field(default_factory=dict)
    _out: dict[int, tuple[News, ...]] = field(default_factory=dict)

    def add(self, reader: int, news: Iterable[News], now_s: float) -> None:
        """Put news in for a subscription, in the order of their events."""
        self._waiting.setdefault(reader, _Pile(now_s)).news.extend(news)

    def take_due(self, now_s: float, *, most_out: int) -> dict[int, tuple[News, ...]]:
        """Take out what has been gathered long enough, the oldest first.

        A subscription has one message on its way at a time, and all together `most_out`.
        """
        due = sorted(
            (pile.since_s, reader)
            for reader, pile in self._waiting.items()
            if reader not in self._out and now_s - pile.since_s >= GATHER_S
        )
        room = max(most_out - len(self._out), 0)
        taken = {reader: tuple(self._waiting.pop(reader).news) for _, reader in due[:room]}
        self._out |= taken
        return taken

    def settle(self, reader: int) -> None:
        """Forget the message on its way: it was delivered, or given up."""
        self._out.pop(reader, None)

    def put_back(self, reader: int, now_s: float) -> None:
        """Have the message on its way sent anew, before what came since."""
        before = self._out.pop(reader, ())
        since = self._waiting.pop(reader, _Pile(now_s)).news
        self.add(reader, (*before, *since), now_s)

    def done_up_to(self, read_up_to: int) -> int:
        """Return the last event that all are done with, of those read so far."""
        open_ = [news.event_id for pile in self._waiting.values() for news in pile.news]
        open_ += [news.event_id for sent in self._out.values() for news in sent]
        return min((event_id - 1 for event_id in open_), default=read_up_to)
