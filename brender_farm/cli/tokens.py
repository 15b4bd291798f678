"""`brender tokens`: what programs sign in with, as their owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.asking import ask
from brender_farm.cli.group import Group, examples
from brender_farm.cli.table import print_json, print_table
from brender_farm.cli.terminal import say
from brender_farm.domain.roles import Scope
from brender_farm.errors import NotFound

if TYPE_CHECKING:
    from brender_farm.service.shapes.people import TokenRow

_HEADS = ("ID", "USER", "NAME", "SCOPE", "EXPIRES", "LAST USED")
_DAYS = 90


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog=examples(
        "brender tokens",
        "brender tokens --user mira",
        "brender tokens add --user mira --name ci --scope submit --days 90",
        "brender tokens remove 3 --yes",
    ),
)
@click.option("--user", default="", metavar="NAME", help="Only this user's.")
@options.as_json
@click.pass_context
def tokens(ctx: click.Context, *, user: str, as_json: bool) -> None:
    """Show, make or remove tokens. On the farm's own machine only.

    A program that has one is its owner: BRENDER_TOKEN for `brender` and `submit_shot()` elsewhere,
    `Authorization: Bearer …` for HTTP. People make their own on the dashboard, under Account.
    """
    if ctx.invoked_subcommand is not None:
        return
    from brender_farm.client.local.context import in_farm
    from brender_farm.service.tokens import list_tokens
    from brender_farm.service.users import find_user

    with in_farm():
        rows = list_tokens(find_user(user).id if user else None)
    if as_json:
        print_json(rows)
    else:
        print_table(_HEADS, [_cells(row) for row in rows], right=("ID",))


@tokens.command(
    "add",
    epilog=examples(
        "brender tokens add --user mira --name ci --scope submit",
        "brender tokens add --user mira --name prometheus --scope read --never-expires",
    ),
)
@click.option("--user", required=True, metavar="NAME", help="Whose it is.")
@click.option("--name", required=True, metavar="TEXT", help="What it is for.")
@click.option(
    "--scope",
    type=click.Choice([str(scope) for scope in Scope]),
    default=Scope.SUBMIT.value,
    show_default=True,
    help="To look; also to submit and steer its owner's shots; all that its owner may.",
)
@click.option("--days", type=int, default=_DAYS, show_default=True, help="How long it works.")
@click.option("--never-expires", is_flag=True, help="It works until it is removed.")
@options.as_json
def add(*, user: str, name: str, scope: str, days: int, never_expires: bool, as_json: bool) -> None:
    """Make a token and print it. It is shown this once."""
    from brender_farm.client.local.context import in_farm
    from brender_farm.client.who import user_name
    from brender_farm.service.tokens import add_token
    from brender_farm.service.users import find_user

    until = None if never_expires else days
    with in_farm():
        made = add_token(find_user(user).id, name, scope, until, actor=user_name())
    if as_json:
        print_json({"token": made.token, "text": made.text})
        return
    end = made.token.expires_at
    works = f"until {end:%Y-%m-%d}" if end else "until it is removed"
    # The token alone on stdout: TOKEN=$(brender tokens add …)
    click.echo(
        f"Token {made.token.id}, {made.token.name} of {made.token.user}, to {scope}, {works}. "
        "It is shown this once:",
        err=True,
    )
    click.echo(made.text)


@tokens.command("remove", epilog=examples("brender tokens remove 3 --yes"))
@click.argument("token_id", type=int, metavar="ID")
@options.yes
@options.as_json
def remove(*, token_id: int, yes: bool, as_json: bool) -> None:
    """Forget a token; it works no more, at once."""
    from brender_farm.client.local.context import in_farm
    from brender_farm.client.who import user_name
    from brender_farm.service.tokens import list_tokens, remove_token

    with in_farm():
        row = next((each for each in list_tokens() if each.id == token_id), None)
        if row is None:
            raise NotFound(f"There is no token {token_id}. See: brender tokens")
        ask(f"Remove the token {row.name} of {row.user}?", yes=yes, to="remove the token")
        remove_token(token_id, actor=user_name())
    if as_json:
        print_json(row)
    else:
        say(f"The token {row.name} of {row.user} works no more.")


def _cells(row: TokenRow) -> tuple[object, ...]:
    ends = f"{row.expires_at:%Y-%m-%d}" if row.expires_at else "never"
    used = f"{row.used_at:%Y-%m-%d %H:%M} UTC" if row.used_at else "-"
    return row.id, row.user, row.name, row.scope, "expired" if row.is_expired else ends, used
