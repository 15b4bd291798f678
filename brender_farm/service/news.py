"""What an open page tells its reader: shots that ended since it last asked."""

from __future__ import annotations

import socket

from brender_farm.config import Settings
from brender_farm.db.core import reading
from brender_farm.db.reads.events import newest_event
from brender_farm.db.reads.news import happenings
from brender_farm.domain.news import Happening, Topic, news_of
from brender_farm.service.shapes.notices import LatestNews, NewsItem

_EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - what BRENDER_HOST may be, not what is bound
_MOST_ITEMS = 20
_FARTHEST_BACK = 2000
"""Events: a page that was away for longer begins anew."""


def news_after(after: int | None, *, reader: str) -> LatestNews | None:
    """Return the shots that ended after an event, oldest first; None when nothing has happened.

    Without an event only the newest one's number is told.
    """
    with reading() as session:
        newest = newest_event(session)
        if after == newest:
            return None
        if after is None or not newest - _FARTHEST_BACK <= after <= newest:
            return LatestNews(newest=newest, items=())
        seen = happenings(session, after=after, up_to=newest, limit=_FARTHEST_BACK)
    items = [item for one in seen if (item := _item(one, reader)) is not None]
    return LatestNews(newest=newest, items=tuple(items[-_MOST_ITEMS:]))


def farm_url(settings: Settings) -> str:
    """Return the dashboard's address as messages to other machines give it."""
    if settings.public_url is None and settings.host in _EVERYWHERE:
        return f"http://{socket.gethostname()}:{settings.port}"
    return settings.url


def _item(seen: Happening, reader: str) -> NewsItem | None:
    news = news_of(seen)
    if news is None or news.topic is Topic.NODE:
        return None
    return NewsItem(
        event_id=news.event_id,
        topic=news.topic,
        name=seen.name,
        title=news.title,
        words=news.words,
        path=news.path,
        is_mine=seen.submitter == reader,
    )
