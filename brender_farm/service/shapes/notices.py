"""Subscriptions and news, as pages and programs see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from brender_farm.domain.news import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """What one person wants to be told of, and where."""

    id: int
    address: str
    """Its scheme and, if that is no secret, its host; the rest is shown to nobody."""
    service: str
    """What kind of place that is: Mail, Slack, …"""
    topics: tuple[Topic, ...]
    mine_only: bool
    show: str
    """The only show whose shots count; empty: all."""
    trouble: str
    """Why the last message could not be delivered; empty: it was."""
    told_at: datetime | None
    """When the last message was delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRequest:
    """A subscription as people ask for it."""

    address: str = ""
    """Empty: it stays as it is."""
    topics: Sequence[str] | str = ()
    """Kinds of news; as text, with commas between."""
    mine_only: bool = True
    show: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """A shot that ended, for a browser."""

    event_id: int
    topic: Topic
    name: str
    title: str
    words: str
    path: str
    is_mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestNews:
    """What happened since a reader last asked."""

    newest: int
    """Ask for what comes after this event next."""
    items: tuple[NewsItem, ...]
