"""Lines to type, as help and documents show them, read as `brender` would read them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click

from brender_farm.cli import cli

_GAP = re.compile(r" {2,}")
"""What separates a line from the words about it."""
_PARTS = re.compile(r" \| | && |\$\(|\)\"?")
_LINE = re.compile(r"(?:[A-Z_]+=\S+ )*brender(?= |$)(.*)")


def walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
    """Yield a command and all below it, each with how it is called."""
    yield " ".join(path), command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from walk(below, (*path, name))


def typed_in(text: str) -> list[list[str]]:
    """Return the arguments of every `brender …` in a line: in pipes, after variables, or alone."""
    found = []
    for part in _PARTS.split(_GAP.split(text.strip())[0]):
        if line := _LINE.match(part.strip()):
            words = shlex.split(line[1], comments=True)
            ends = [words.index(sign) for sign in (">", "<") if sign in words]
            found.append(words[: min(ends, default=len(words))])
    return found


def refusal_of(arguments: list[str]) -> str:
    """Return why these are no arguments of `brender`; empty when they are. Nothing is run."""
    command: click.Command = cli
    parent, rest = None, arguments
    try:
        while True:
            context = command.make_context("brender", list(rest), parent=parent)
            if not isinstance(command, click.Group) or not context._protected_args + context.args:
                return ""
            left = context._protected_args + context.args
            _, below, rest = command.resolve_command(context, left)
            assert below is not None
            command, parent = below, context
    except click.exceptions.Exit:
        return ""
    except click.ClickException as error:
        words = error.format_message()
        return "" if "does not exist" in words else words  # a file of the reader's
