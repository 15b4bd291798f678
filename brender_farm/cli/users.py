"""`brender users`: who may sign in to the farm, and what they may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.asking import ask
from brender_farm.cli.group import Group, examples
from brender_farm.cli.table import print_json, print_table
from brender_farm.cli.terminal import State, say
from brender_farm.domain.roles import Role

if TYPE_CHECKING:
    from brender_farm.service.shapes.people import Invited, UserRow

_HEADS = ("NAME", "ROLE", "STATE", "SIGN-IN", "BROWSERS", "TOKENS", "LAST SEEN")
_ROLES = click.Choice([str(role) for role in Role])
_a_user = click.argument("name")


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog=examples(
        "brender users",
        "brender users add mira --role artist",
        "brender users invite mira",
        "brender users disable mira",
    ),
)
@options.as_json
@click.pass_context
def users(ctx: click.Context, *, as_json: bool) -> None:
    """Show or set who may sign in to the farm. On the farm's own machine only.

    A farm without users is open to whoever reaches its dashboard, which then listens on this
    machine alone. The first user must be an admin.
    """
    if ctx.invoked_subcommand is not None:
        return
    from brender_farm.client.local.context import in_farm
    from brender_farm.service.users import list_users

    with in_farm():
        rows = list_users()
    if as_json:
        print_json(rows)
        return
    print_table(_HEADS, [_cells(row) for row in rows], right=("BROWSERS", "TOKENS"))
    if not rows:
        click.echo("Nobody yet. Add an admin first: brender users add NAME --role admin")


@users.command("add", epilog=examples("brender users add mira --role artist"))
@_a_user
@click.option("--role", type=_ROLES, default=Role.ARTIST.value, show_default=True)
@options.as_json
def add(*, name: str, role: str, as_json: bool) -> None:
    """Add a user, and print a link by which they choose a password. It works once."""
    from brender_farm.client.local.context import in_farm
    from brender_farm.client.who import user_name
    from brender_farm.service.first_user import add_anyone

    with in_farm():
        invited = add_anyone(name, role, actor=user_name())
    _tell_link(invited, f"{invited.user.name} is {invited.user.role}.", as_json=as_json)


@users.command("invite", epilog=examples("brender users invite mira"))
@_a_user
@options.as_json
def invite(*, name: str, as_json: bool) -> None:
    """Print a new link to choose a password, such as for one that was forgotten."""
    from brender_farm.client.local.context import in_farm
    from brender_farm.client.who import user_name
    from brender_farm.service import users as service

    with in_farm():
        invited = service.invite(service.find_user(name).id, actor=user_name())
    _tell_link(invited, f"{invited.user.name} may choose a new password.", as_json=as_json)


@users.command("role", epilog=examples("brender users role mira wrangler"))
@_a_user
@click.argument("role", type=_ROLES)
@options.as_json
def change_role(*, name: str, role: str, as_json: bool) -> None:
    """Make a user what is asked for; it counts at once."""
    from brender_farm.client.local.context import in_farm
    from brender_farm.client.who import user_name
    from brender_farm.service import users as service

    with in_farm():
        row = service.change_role(service.find_user(name).id, role, actor=user_name())
    _tell(row, f"{row.name} is {row.role}.", as_json=as_json)


@users.command("disable", epilog=examples("brender users disable mira"))
@_a_user
@options.as_json
def disable(*, name: str, as_json: bool) -> None:
    """Let a user in no more: browsers are signed out, tokens do not work. Shots stay."""
    _set_enabled(name, enabled=False, as_json=as_json)


@users.command("enable", epilog=examples("brender users enable mira"))
@_a_user
@options.as_json
def enable(*, name: str, as_json: bool) -> None:
    """Let a user in again."""
    _set_enabled(name, enabled=True, as_json=as_json)


@users.command("end-sign-ins", epilog=examples("brender users end-sign-ins mira"))
@_a_user
@options.as_json
def end_sign_ins(*, name: str, as_json: bool) -> None:
    """Sign a user out of all browsers; tokens go on working."""
    from brender_farm.client.local.context import in_farm
    from brender_farm.client.who import user_name
    from brender_farm.service.sign_ins import end_all_sign_ins
    from brender_farm.service.users import find_user

    with in_farm():
        row = find_user(name)
        end_all_sign_ins(row.id, actor=user_name())
    _tell(row, f"{row.name} is signed out everywhere.", as_json=as_json)


@users.command("remove", epilog=examples("brender users remove mira --yes"))
@_a_user
@options.yes
@options.as_json
def remove(*, name: str, yes: bool, as_json: bool) -> None:
    """Forget a user with tokens and sign-ins; shots and the history stay."""
    from brender_farm.client.local.context import in_farm
    from brender_farm.client.who import user_name
    from brender_farm.service import users as service

    with in_farm():
        row = service.find_user(name)
        with_tokens = f" {row.token_count} tokens go, too." if row.token_count else ""
        ask(f"Remove the user {row.name}, {row.role}?{with_tokens}", yes=yes, to="remove them")
        row = service.remove_user(row.id, actor=user_name())
    _tell(row, f"User {row.name} is removed.", as_json=as_json)


def _set_enabled(name: str, *, enabled: bool, as_json: bool) -> None:
    from brender_farm.client.local.context import in_farm
    from brender_farm.client.who import user_name
    from brender_farm.service import users as service

    with in_farm():
        row = service.set_enabled(service.find_user(name).id, enabled, actor=user_name())
    _tell(row, f"{row.name} is {'enabled' if enabled else 'disabled'}.", as_json=as_json)


def _tell(row: UserRow, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(row)
    else:
        say(words)


def _tell_link(invited: Invited, words: str, *, as_json: bool) -> None:
    from brender_farm.cli.up import welcome_url
    from brender_farm.config import settings

    link = welcome_url(settings(), invited.key)
    if as_json:
        print_json({"user": invited.user, "link": link, "expires_at": invited.expires_at})
        return
    say(f"{words} The link works once, until {invited.expires_at:%Y-%m-%d %H:%M} UTC:")
    click.echo(link)


def _cells(row: UserRow) -> tuple[object, ...]:
    ways = [
        word for word, has in (("password", row.has_password), ("OpenID", row.uses_openid)) if has
    ]
    seen = f"{row.seen_at:%Y-%m-%d %H:%M} UTC" if row.seen_at else "-"
    state = State("enabled" if row.is_enabled else "disabled")
    signs_in = ", ".join(ways) or "invited"
    return row.name, row.role, state, signs_in, row.sign_in_count, row.token_count, seen
