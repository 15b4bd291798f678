"""`brender webhooks`: programs elsewhere that are told what happens."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.asking import ask
from brender_farm.cli.ending import Ending, complain
from brender_farm.cli.group import Group, examples
from brender_farm.cli.table import print_json, print_table
from brender_farm.cli.terminal import State, say

if TYPE_CHECKING:
    from brender_farm.service.shapes.webhooks import DeliveryRow, FreshWebhook, WebhookRow

_HEADS = ("ID", "NAME", "ADDRESS", "TOPICS", "STATE", "LAST TAKEN")
_an_id = click.argument("webhook_id", type=int, metavar="ID")
_topics = click.option(
    "--topics", help="shot.completed,node.offline and so on, with commas between; all: everything."
)


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog=examples(
        "brender webhooks",
        "brender webhooks add https://hooks.studio.com/renders --topics shot.completed,shot.failed",
        "brender webhooks test 1",
        "brender webhooks deliveries 1",
    ),
)
@options.as_json
@click.pass_context
def webhooks(ctx: click.Context, *, as_json: bool) -> None:
    """Show or set which programs are told what happens on the farm."""
    if ctx.invoked_subcommand is not None:
        return
    from brender_farm.client import this_farm

    rows = this_farm().list_webhooks()
    if as_json:
        print_json(rows)
    else:
        print_table(_HEADS, [_cells(row) for row in rows], right=("ID",))


@webhooks.command("add", epilog=examples("brender webhooks add https://hooks.studio.com/renders"))
@click.argument("url")
@click.option("--name", default="", help="Else the address's host.")
@_topics
@options.as_json
def add_webhook(*, url: str, name: str, topics: str | None, as_json: bool) -> None:
    """Send a signed POST to URL with each event from now on. Prints the secret, once."""
    from brender_farm.client import this_farm
    from brender_farm.service.shapes.webhooks import WebhookRequest

    wanted = WebhookRequest(url=url, name=name, topics=_chosen(topics))
    _print_secret(this_farm().add_webhook(wanted), as_json=as_json)


@webhooks.command(
    "change", epilog=examples("brender webhooks change 1 --topics all", "… change 1 --off")
)
@_an_id
@click.option("--url", default="", help="Where it goes from now on.")
@click.option("--name", default="", help="What it is called.")
@_topics
@click.option("--on/--off", "is_on", default=None, help="Whether it is told anything.")
@options.as_json
def change_webhook(
    *, webhook_id: int, url: str, name: str, topics: str | None, is_on: bool | None, as_json: bool
) -> None:
    """Change where a webhook goes, what of, or turn it on or off."""
    from brender_farm.client import this_farm
    from brender_farm.service.shapes.webhooks import WebhookRequest

    farm = this_farm()
    before = farm.get_webhook(webhook_id)
    wanted = WebhookRequest(url=url, name=name, topics=before.topics, is_on=before.is_on)
    if topics is not None:
        wanted = replace(wanted, topics=_chosen(topics))
    if is_on is not None:
        wanted = replace(wanted, is_on=is_on)
    row = farm.change_webhook(webhook_id, wanted)
    if as_json:
        print_json(row)
    else:
        say(f"{row.name}: {_topics_of(row)}, {'on' if row.is_on else 'off'}.")


@webhooks.command("remove", epilog=examples("brender webhooks remove 1"))
@_an_id
@options.yes
@options.as_json
def remove_webhook(*, webhook_id: int, yes: bool, as_json: bool) -> None:
    """Tell it no more; the farm forgets its secret and its deliveries."""
    from brender_farm.client import this_farm

    farm = this_farm()
    row = farm.get_webhook(webhook_id)
    ask(f"Remove the webhook {row.name} ({row.url})?", yes=yes, to="remove it")
    farm.remove_webhook(webhook_id)
    if as_json:
        print_json(row)
    else:
        say(f"{row.name} is removed.")


@webhooks.command("secret", epilog=examples("brender webhooks secret 1"))
@_an_id
@options.as_json
def rotate_secret(*, webhook_id: int, as_json: bool) -> None:
    """Make a new secret and print it, once; the one before is good for a day more."""
    from brender_farm.client import this_farm

    _print_secret(this_farm().rotate_secret(webhook_id), as_json=as_json)


@webhooks.command("test", epilog=examples("brender webhooks test 1"))
@_an_id
@options.as_json
def test_webhook(*, webhook_id: int, as_json: bool) -> None:
    """Send a test now, and say how it went."""
    from brender_farm.client import this_farm

    _print_sent(this_farm().try_webhook(webhook_id), as_json=as_json)


@webhooks.command("deliveries", epilog=examples("brender webhooks deliveries 1"))
@_an_id
@options.as_json
def show_deliveries(*, webhook_id: int, as_json: bool) -> None:
    """Show its last 50 tries, newest first."""
    from brender_farm.client import this_farm

    rows = this_farm().webhook_deliveries(webhook_id)
    if as_json:
        print_json(rows)
        return
    cells = [
        (
            row.id,
            f"{row.at:%Y-%m-%d %H:%M:%S} UTC",
            row.topic,
            row.event_id or "-",
            row.trouble or f"taken: {row.status}",
            f"{row.seconds:.2f}",
        )
        for row in rows
    ]
    print_table(("ID", "WHEN", "TOPIC", "EVENT", "ANSWER", "SECONDS"), cells, right=("SECONDS",))


@webhooks.command("again", epilog=examples("brender webhooks again 1 218"))
@_an_id
@click.argument("delivery_id", type=int, metavar="DELIVERY")
@options.as_json
def send_again(*, webhook_id: int, delivery_id: int, as_json: bool) -> None:
    """Send the event of a delivery once more."""
    from brender_farm.client import this_farm

    _print_sent(this_farm().send_webhook_again(webhook_id, delivery_id), as_json=as_json)


def _chosen(topics: str | None) -> str:
    return "" if topics is None or topics.strip().lower() == "all" else topics


def _topics_of(row: WebhookRow) -> str:
    return ",".join(row.topics) or "everything"


def _cells(row: WebhookRow) -> tuple[object, ...]:
    taken = f"{row.told_at:%Y-%m-%d %H:%M} UTC" if row.told_at else "-"
    if row.is_on and row.trouble:
        state = State(row.trouble, "failed")
    else:
        state = State("on", "enabled") if row.is_on else State("off", "disabled")
    return row.id, row.name, row.url, _topics_of(row), state, taken


def _print_secret(fresh: FreshWebhook, *, as_json: bool) -> None:
    row = fresh.row
    if as_json:
        print_json(fresh)
        return
    say(f"Webhook {row.id}, {row.name}. See it arrive: brender webhooks test {row.id}")
    say(f"Its secret, shown this once: {fresh.secret}")


def _print_sent(row: DeliveryRow, *, as_json: bool) -> None:
    if as_json:
        print_json(row)
    elif row.trouble:
        complain(f"it was not taken. {row.trouble}")
    else:
        say(f"It was taken: {row.status} after {row.seconds:.2f} s.")
    if row.trouble:
        sys.exit(Ending.REFUSED)
