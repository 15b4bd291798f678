"""Options and arguments that many commands have, and what a shell offers to complete them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

_Command = TypeVar("_Command", bound=Callable[..., Any])
_Option = Callable[[_Command], _Command]


class Word(click.ParamType[str]):
    """A word that names something of the farm: completed from what is there, checked later."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        from brender_farm.cli.completing import offers

        return [CompletionItem(each, help=words) for each, words in offers(self.name, incomplete)]


SHOT, NODE, SHOW, PRESET = (Word(name) for name in ("shot", "node", "show", "preset"))

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document for programs.")
yes = click.option("--yes", "-y", is_flag=True, help="Do not ask.")
reason = click.option("--reason", default="", metavar="TEXT", help="Kept in its history.")
a_shot = click.argument("shot", type=SHOT)
some_shots = click.argument("shots", type=SHOT, nargs=-1, required=True, metavar="SHOT...")
a_node = click.argument("name", type=NODE)
some_nodes = click.argument("names", type=NODE, nargs=-1, required=True, metavar="NODE...")


def words_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return what was typed, with `-` replaced by the words that come in on stdin."""
    found: list[str] = []
    for word in words:
        found += sys.stdin.read().split() if word == "-" else [word]
    if not found:
        raise click.UsageError("Nothing came in on stdin: there is nothing to do it to.")
    return tuple(found)
