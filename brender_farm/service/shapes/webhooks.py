"""Webhooks and what came of them, as pages and programs see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRow:
    """An address that is told what happens. Its secret is in no row."""

    id: int
    name: str
    url: str
    topics: tuple[str, ...]
    """Empty: all."""
    is_on: bool
    made_by: str
    created_at: datetime
    trouble: str
    """Why the last try failed; empty: it did not."""
    tries: int
    """How often the next event was sent in vain."""
    next_try_at: datetime | None
    told_at: datetime | None
    """When an event was taken last."""
    old_secret_until: datetime | None
    """Until then bodies are signed with the secret before as well; None: with the present only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """One try to deliver an event."""

    id: int
    event_id: int
    """0: a test."""
    topic: str
    at: datetime
    seconds: float
    status: int | None
    """What the server answered; None: it did not."""
    trouble: str
    """Why it was not taken; empty: it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """A webhook as people ask for it."""

    url: str = ""
    """Empty: it stays as it is."""
    name: str = ""
    """Empty: the address's host."""
    topics: Sequence[str] | str = ()
    """As text, with commas between; empty: all."""
    is_on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshWebhook:
    """A webhook with its secret, which is shown this once."""

    row: WebhookRow
    secret: str
