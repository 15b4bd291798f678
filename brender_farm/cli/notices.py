"""`brender notices`: being told by mail, chat or webhook."""

from __future__ import annotations

import sys

import click

from brender_farm.cli.table import print_json, print_table

_TOPICS = "completed,failed,paused"


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
@click.pass_context
def notices(ctx: click.Context, *, as_json: bool) -> None:
    """Show or change what you are told of, and where.

    \b
    brender notices add "mailtos://me:password@smtp.studio.com?to=me@studio.com"
    brender notices add "slack://tokenA/tokenB/tokenC/#renders" --all --topics failed,node
    brender notices test 1
    """
    if ctx.invoked_subcommand is not None:
        return
    from brender_farm import client
    from brender_farm.service.notices import list_notices

    with client.core_app().app_context():
        rows = list_notices(client.user_name())
    if as_json:
        print_json(rows)
        return
    print_table(
        ("ID", "ADDRESS", "SHOTS", "SHOW", "TOPICS", "LAST MESSAGE"),
        [
            (
                row.id,
                row.address,
                "mine" if row.mine_only else "all",
                row.show or "-",
                ",".join(row.topics),
                row.trouble or (f"{row.told_at:%Y-%m-%d %H:%M} UTC" if row.told_at else "none yet"),
            )
            for row in rows
        ],
    )


@notices.command("add")
@click.argument("address")
@click.option(
    "--topics",
    default=_TOPICS,
    show_default=True,
    help="Among completed, failed, paused and node, with commas between.",
)
@click.option("--all", "everybodys", is_flag=True, help="Of everybody's shots, not only yours.")
@click.option("--show", help="Only shots of this show.")
def add_notice(*, address: str, topics: str, everybodys: bool, show: str | None) -> None:
    """Be told at ADDRESS from now on: an address as Apprise writes it."""
    from brender_farm import client
    from brender_farm.service import notices as service
    from brender_farm.service.shapes.notices import NoticeRequest

    wanted = NoticeRequest(address=address, topics=topics, mine_only=not everybodys, show=show)
    with client.core_app().app_context():
        row = service.add_notice(wanted, owner=client.user_name())
    click.echo(
        f"Subscription {row.id}: {row.address}. See it arrive: brender notices test {row.id}"
    )


@notices.command("remove")
@click.argument("notice_id", type=int, metavar="ID")
def remove_notice(*, notice_id: int) -> None:
    """Be told there no more; the farm forgets the address."""
    from brender_farm import client
    from brender_farm.service import notices as service

    with client.core_app().app_context():
        row = service.remove_notice(notice_id, owner=client.user_name())
    click.echo(f"You are told no more by {row.address}.")


@notices.command("test")
@click.argument("notice_id", type=int, metavar="ID")
def test_notice(*, notice_id: int) -> None:
    """Send a test message now, and say how it went."""
    from brender_farm import client
    from brender_farm.service import notices as service

    with client.core_app().app_context():
        trouble = service.try_notice(notice_id, owner=client.user_name())
    if trouble:
        click.echo(f"brender: it was not delivered. {trouble}", err=True)
        sys.exit(1)
    click.echo("The test message was taken.")
