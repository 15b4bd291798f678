"""Commands that steer shots, one or many at once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.group import examples
from brender_farm.cli.steering import ask_about, steer

if TYPE_CHECKING:
    from brender_farm.client.backend import Backend

_STAY = "The files of {done} stay."


@click.command(
    epilog=examples(
        "brender pause 12",
        'brender pause 12 13 harbour_010 --reason "Lunch"',
        "brender shots --state rendering --ids | brender pause -",
    )
)
@options.some_shots
@options.reason
@options.as_json
def pause(*, shots: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Give shots nothing new; frames that are rendering finish."""
    steer("pause", options.words_of(shots), "paused", reason=reason, as_json=as_json)


@click.command(epilog=examples("brender resume 12", "brender resume 12 13 14"))
@options.some_shots
@options.reason
@options.as_json
def resume(*, shots: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Let paused shots go on."""
    steer("resume", options.words_of(shots), "going on", reason=reason, as_json=as_json)


@click.command(epilog=examples("brender cancel 12", 'brender cancel 12 13 --reason "Cut" --yes'))
@options.some_shots
@options.reason
@options.yes
@options.as_json
def cancel(*, shots: tuple[str, ...], reason: str, yes: bool, as_json: bool) -> None:
    """Stop shots at once; finished frames stay, and `brender retry` goes on with the others.

    Asks first on a terminal when frames are rendering, which will be killed.
    """

    def question(farm: Backend, ids: list[int]) -> None:
        # Nothing recorded is lost, so programs are not held up for a --yes.
        if not yes and sys.stdin.isatty() and farm.survey("cancel", ids).rendering_count:
            ask_about(farm, "cancel", ids, yes=False, what=_STAY, must=False)

    words = options.words_of(shots)
    steer("cancel", words, "cancelled", reason=reason, as_json=as_json, question=question)


@click.command(
    epilog=examples("brender retry 12", "brender shots --state failed --ids | brender retry -")
)
@options.some_shots
@options.reason
@options.as_json
def retry(*, shots: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Try the failed or cancelled frames of shots again."""
    steer("retry", options.words_of(shots), "tried again", reason=reason, as_json=as_json)


@click.command(epilog=examples("brender start 12", 'brender start 12 13 --reason "Cannot wait"'))
@options.some_shots
@options.reason
@options.as_json
def start(*, shots: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Let waiting shots begin, whatever they wait for."""
    steer("start", options.words_of(shots), "begun", reason=reason, as_json=as_json)


@click.command(epilog=examples("brender priority 12 80", "brender priority 12 13 14 80"))
@options.some_shots
@click.argument("value", type=int)
@options.as_json
def priority(*, shots: tuple[str, ...], value: int, as_json: bool) -> None:
    """Change the priority of shots to VALUE, 0 to 100; high ones are rendered first."""
    words = options.words_of(shots)
    steer("priority", words, f"at priority {value}", priority=value, as_json=as_json)


@click.command(
    epilog=examples(
        "brender archive 12 13", "brender shots --state completed --ids | brender archive -"
    )
)
@options.some_shots
@options.as_json
def archive(*, shots: tuple[str, ...], as_json: bool) -> None:
    """Put shots that are over away: out of the list, and nothing of them is lost."""
    steer("archive", options.words_of(shots), "archived", as_json=as_json)


@click.command(epilog=examples("brender unarchive 12"))
@options.some_shots
@options.as_json
def unarchive(*, shots: tuple[str, ...], as_json: bool) -> None:
    """Put archived shots back into the list."""
    steer("unarchive", options.words_of(shots), "in the list", as_json=as_json)


@click.command(
    epilog=examples('brender reset 12 --reason "New textures"', "brender reset 12 13 --yes")
)
@options.some_shots
@options.reason
@options.yes
@options.as_json
def reset(*, shots: tuple[str, ...], reason: str, yes: bool, as_json: bool) -> None:
    """Stop what shots have on nodes and render all their frames again.

    Each old file stays until its new one is proven. Asks first on a terminal; elsewhere it must
    be told --yes.
    """

    def question(farm: Backend, ids: list[int]) -> None:
        again = "All are rendered again, {done} among them."
        ask_about(farm, "reset", ids, yes=yes, what=again)

    words = options.words_of(shots)
    steer("reset", words, "begun again", reason=reason, as_json=as_json, question=question)


@click.command(epilog=examples("brender delete 12", "brender delete 12 13 --yes"))
@options.some_shots
@options.reason
@options.yes
@options.as_json
def delete(*, shots: tuple[str, ...], reason: str, yes: bool, as_json: bool) -> None:
    """Stop shots at once and forget them; their finished files stay.

    Asks first on a terminal; elsewhere it must be told --yes.
    """

    def question(farm: Backend, ids: list[int]) -> None:
        ask_about(farm, "delete", ids, yes=yes, what=_STAY)

    words = options.words_of(shots)
    steer("delete", words, "deleted", reason=reason, as_json=as_json, question=question)
