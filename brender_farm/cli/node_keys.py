"""`brender node-token`: what a node on another machine needs to join the farm."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from brender_farm.cli.ending import Ending
from brender_farm.cli.group import examples
from brender_farm.cli.table import print_json, print_table

if TYPE_CHECKING:
    from brender_farm.service.node_keys import NodeAccess


@click.command(
    epilog=examples(
        "brender node-token atlas > atlas.env      for the machine of atlas, and nobody else",
        "brender worker --env atlas.env            there",
        "brender node-token atlas --revoke",
    )
)
@click.argument("name", required=False)
@click.option("--host", default="", help="This machine as the node calls it: a name or address.")
@click.option("--revoke", is_flag=True, help="End its key and its connections at once.")
@click.option("--list", "as_list", is_flag=True, help="List the nodes that have keys.")
@click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
def node_token(*, name: str | None, host: str, revoke: bool, as_list: bool, as_json: bool) -> int:
    """Make the key of a node, or show it anew; revoke it; list all.

    Prints the settings of the node's machine: its own user at the broker, which may do what this
    node does and nothing else, and the key that its messages are sealed with. The dashboard's
    machine is the only one that can make keys.
    """
    from brender_farm.client.core import core_app

    if as_list == (name is not None) or (revoke and host):
        raise click.UsageError("Give the name of a node, or --list.")
    with core_app().app_context():
        if name is None:
            return _list(as_json=as_json)
        return _revoke(name) if revoke else _give(name, host, as_json=as_json)


def _give(name: str, host: str, *, as_json: bool) -> int:
    from brender_farm.client.who import user_name
    from brender_farm.db.core import current_settings
    from brender_farm.service.node_keys import give_node_key

    access = give_node_key(name, actor=user_name(), host=host)
    roots = ":".join(str(root) for root in current_settings().roots)
    lines = {
        "BRENDER_NODE_NAME": access.name,
        "BRENDER_BROKER_URL": access.broker_url,
        "BRENDER_NODE_KEY": access.node_key,
        "BRENDER_ROOTS": roots,
    }
    if as_json:
        print_json({"environment": lines, "is_new": access.is_new, "trouble": access.trouble})
    else:
        for key, value in lines.items():
            click.echo(f"{key}={shlex.quote(value)}")
        _tell(access)
    return Ending.REFUSED if access.rules else Ending.DONE


def _tell(access: NodeAccess) -> None:
    """Say beside the settings what is to be done with them."""
    what = "has a key now" if access.is_new else "has this key already"
    tell = f"Node {access.name} {what}. Keep these lines to its machine: they are its password."
    click.echo(
        f"{tell} Set BRENDER_ROOTS as that machine sees the folders, and run there:", err=True
    )
    click.echo(f"  brender worker --env {access.name}.env", err=True)
    if not access.is_reachable:
        click.echo(
            "The farm's broker listens on this machine only. For nodes on others start the farm "
            "with BRENDER_BROKER_BIND=0.0.0.0 and BRENDER_BROKER_PORT=6380.",
            err=True,
        )
    if access.trouble and not access.rules:
        click.echo(f"{access.trouble} The scheduler makes the node's user once it can.", err=True)
    elif access.trouble:
        click.echo(f"{access.trouble} Somebody who may has to tell the broker:", err=True)
        rules = " ".join(_for_redis_cli(rule) for rule in access.rules)
        click.echo(f"  ACL SETUSER node-{access.name} {rules}", err=True)


def _for_redis_cli(rule: str) -> str:
    r"""Write a rule as redis-cli reads it: control characters as \x06."""
    text = rule.encode("unicode_escape").decode()
    return f'"{text}"' if " " in text or "\\" in text else text


def _revoke(name: str) -> int:
    from brender_farm.client.who import user_name
    from brender_farm.service.node_keys import revoke_node_key

    row, trouble = revoke_node_key(name, actor=user_name())
    click.echo(f"The key of node {row.name} is revoked: nothing that it says is believed any more.")
    if not trouble:
        return Ending.DONE
    click.echo(f"{trouble} Its user is still there: ACL DELUSER node-{row.name}", err=True)
    return Ending.REFUSED


def _list(*, as_json: bool) -> int:
    from brender_farm.service.node_keys import list_node_keys

    rows = list_node_keys()
    if as_json:
        print_json(rows)
        return Ending.DONE
    cells = [
        (
            row.name,
            "revoked" if row.revoked_at else "in force",
            row.made_by,
            f"{row.created_at.astimezone():%Y-%m-%d %H:%M}",
        )
        for row in rows
    ]
    print_table(("NODE", "KEY", "MADE BY", "MADE"), cells)
    return Ending.DONE
