"""What is news: which events people want to be told of, who is told, and in what words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from brender_farm.domain.states import NodeIntent, ShotState
from brender_farm.domain.time_left import TimeLeft

FARM = "farm"
GOODBYE = "It was stopped."
"""The reason of a node's going offline that somebody meant."""
_MOST_LINES = 20
_MOST_SIGNS = 600


class Topic(StrEnum):
    """A kind of news."""

    COMPLETED = "completed"
    """Every frame of a shot is done."""
    FAILED = "failed"
    """Nothing of a shot is left to do and some frames gave up."""
    PAUSED = "paused"
    """The farm has paused a shot: it waits for somebody."""
    NODE = "node"
    """A node fell silent, or was taken out as sick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event, with what is known now of its subject."""

    event_id: int
    actor: str
    subject: str
    subject_id: int
    from_state: str
    to_state: str
    reason: str = ""
    name: str = ""
    """Of the shot or node; empty: it was deleted since, and nobody is told."""
    submitter: str = ""
    show_id: int | None = None
    frame_count: int = 0
    took_s: float | None = None
    """From a shot's first chunk to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one subscription wants to be told of."""

    id: int
    owner: str
    topics: frozenset[Topic]
    mine_only: bool = False
    show_id: int | None = None
    after_event: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing to be told."""

    event_id: int
    topic: Topic
    title: str
    """Shot 12 film completed"""
    words: str
    path: str
    """Of its page, on the dashboard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent: a title of one line, and a text."""

    title: str
    text: str
    is_good: bool = True


def topic_of(seen: Happening) -> Topic | None:
    """Return what kind of news an event is, None for most."""
    if not seen.name or seen.from_state == seen.to_state:
        return None
    if seen.subject == "shot":
        return _SHOT_TOPICS.get(seen.to_state) if _is_told(seen) else None
    if seen.subject == "node" and seen.actor == FARM and seen.reason != GOODBYE:
        return Topic.NODE if seen.to_state in ("offline", NodeIntent.DISABLED) else None
    return None


def wants(wish: Wish, seen: Happening, topic: Topic) -> bool:
    """Tell whether a subscription is to be told of this; shows and owners are of shots only."""
    if topic not in wish.topics or seen.event_id <= wish.after_event:
        return False
    if topic is Topic.NODE:
        return True
    is_mine = seen.submitter == wish.owner
    is_there = wish.show_id is None or seen.show_id == wish.show_id
    return is_there and (is_mine or not wish.mine_only)


def news_of(seen: Happening) -> News | None:
    """Put an event into words, None for what is no news."""
    topic = topic_of(seen)
    if topic is None:
        return None
    is_node = topic is Topic.NODE
    return News(
        event_id=seen.event_id,
        topic=topic,
        title=_title(seen, topic),
        words=_words(seen, topic),
        path="/nodes" if is_node else f"/shots/{seen.subject_id}",
    )


def message_of(news: Sequence[News], url: str) -> Message:
    """Put one or more news into one message; `url` is the dashboard's address."""
    is_good = all(each.topic is Topic.COMPLETED for each in news)
    if len(news) == 1:
        (only,) = news
        return Message(title=only.title, text=f"{only.words}\n{url}{only.path}", is_good=is_good)
    told = [f"{each.title}: {each.words}\n{url}{each.path}" for each in news[:_MOST_LINES]]
    if len(news) > _MOST_LINES:
        told.append(f"And {len(news) - _MOST_LINES} more: {url}/events")
    return Message(title=summary(news), text="\n\n".join(told), is_good=is_good)


def summary(news: Sequence[News]) -> str:
    """Count news in a line: `3 shots completed, 1 node in trouble`."""
    counts = Counter(each.topic for each in news)
    parts = [
        f"{count} {noun if count == 1 else noun + 's'} {word}"
        for topic, (noun, word) in _COUNTED.items()
        if (count := counts[topic])
    ]
    return ", ".join(parts)


_SHOT_TOPICS: dict[str, Topic] = {
    ShotState.COMPLETED: Topic.COMPLETED,
    ShotState.FAILED: Topic.FAILED,
    ShotState.PAUSED: Topic.PAUSED,
}
_COUNTED = {
    Topic.COMPLETED: ("shot", "completed"),
    Topic.FAILED: ("shot", "failed"),
    Topic.PAUSED: ("shot", "paused by the farm"),
    Topic.NODE: ("node", "in trouble"),
}


def _is_told(seen: Happening) -> bool:
    """What people pause they know of."""
    return seen.to_state != ShotState.PAUSED or seen.actor == FARM


def _title(seen: Happening, topic: Topic) -> str:
    if topic is Topic.NODE:
        state = "is offline" if seen.to_state == "offline" else "was taken out as sick"
        return f"Node {seen.name} {state}"
    word = "was paused by the farm" if topic is Topic.PAUSED else topic.value
    return f"Shot {seen.subject_id} {seen.name} {word}"


def _words(seen: Happening, topic: Topic) -> str:
    if topic is not Topic.COMPLETED:
        return seen.reason[:_MOST_SIGNS] or "No reason is known."
    count = seen.frame_count
    done = "Its frame is done" if count == 1 else f"All {count:,} frames are done"
    if seen.took_s is None:
        return f"{done}."
    return f"{done}, {TimeLeft(s=seen.took_s, low_s=0, high_s=0).amount} after its first one began."
