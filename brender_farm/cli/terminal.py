"""What a terminal is shown: colours, the sign of a state, and nothing that could steer it."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass

import click

from brender_farm.domain.signs import without_turns


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown where there is a terminal: a sign before its word, and a colour."""

    sign: str
    colour: str | None = None


LOOKS = {
    "waiting": Look("…", "bright_black"),
    "queued": Look("○"),
    "rendering": Look("●", "cyan"),
    "paused": Look("‖", "yellow"),
    "completed": Look("✓", "green"),
    "failed": Look("✗", "red"),
    "cancelled": Look("⊘", "bright_black"),
    "sent": Look("→", "cyan"),
    "done": Look("✓", "green"),
    "lost": Look("✗", "magenta"),
    "returned": Look("↩", "bright_black"),
    "pending": Look("○"),
    "skipped": Look("–", "bright_black"),
    "enabled": Look("✓", "green"),
    "draining": Look("↓", "yellow"),
    "disabled": Look("⊘", "bright_black"),
    "sick": Look("✗", "red"),
    "offline": Look("✗", "bright_black"),
    "well": Look("✓", "green"),
    "warning": Look("!", "yellow"),
    "bad": Look("✗", "red"),
    "unknown": Look("?", "bright_black"),
}
"""By the state's word: shots, chunks, frames, nodes, parts of the farm."""


@dataclass(frozen=True, slots=True)
class State:
    """A state as the cell of a table: its words, and whose look they have."""

    words: str
    look: str = ""

    def __str__(self) -> str:
        look = LOOKS.get(self.look or self.words)
        return f"{look.sign} {self.words}" if look and has_signs() else self.words

    def coloured(self, text: str) -> str:
        """Return this cell's text, cut and padded as it may be, in the state's colour."""
        look = LOOKS.get(self.look or self.words)
        return click.style(text, fg=look.colour) if look and look.colour else text


def wants_colour(asked: bool | None) -> bool | None:
    """Return what `--color` asks for; None: colours on a terminal.

    NO_COLOR (https://no-color.org) is every program's, not a setting of the farm's.
    """
    if asked is None and os.environ.get("NO_COLOR"):
        return False
    return asked


def has_signs() -> bool:
    """Tell whether states have their sign: on a terminal, or when colours were asked for."""
    context = click.get_current_context(silent=True)
    return bool(context and context.color) or sys.stdout.isatty()


def width() -> int | None:
    """Return how many columns the terminal has; None: nobody's terminal, no limit."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def harmless(text: str) -> str:
    """Return text with what would steer a terminal written out: people and files wrote it."""
    return without_turns(text)


def say(text: str) -> None:
    """Print words that have names or texts of others in them."""
    click.echo(harmless(text))
