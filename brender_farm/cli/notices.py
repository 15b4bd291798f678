"""`brender notices`: being told by mail, chat or webhook."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.ending import Ending, complain
from brender_farm.cli.group import Group, examples
from brender_farm.cli.table import print_json, print_table
from brender_farm.cli.terminal import say

if TYPE_CHECKING:
    from brender_farm.service.shapes.notices import NoticeRow

_TOPICS = "completed,failed,paused"
_HEADS = ("ID", "ADDRESS", "SHOTS", "SHOW", "TOPICS", "LAST MESSAGE")
_an_id = click.argument("notice_id", type=int, metavar="ID")


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog=examples(
        "brender notices",
        'brender notices add "mailtos://me:password@smtp.studio.com?to=me@studio.com"',
        'brender notices add "slack://tokenA/tokenB/tokenC/#renders" --all --topics failed,node',
        "brender notices test 1",
    ),
)
@options.as_json
@click.pass_context
def notices(ctx: click.Context, *, as_json: bool) -> None:
    """Show or change what you are told of, and where."""
    if ctx.invoked_subcommand is not None:
        return
    from brender_farm.client import this_farm

    rows = this_farm().list_notices()
    if as_json:
        print_json(rows)
    else:
        print_table(_HEADS, [_cells(row) for row in rows], right=("ID",))


@notices.command("add", epilog=examples('brender notices add "jsons://hooks.studio.com/renders"'))
@click.argument("address")
@click.option(
    "--topics",
    default=_TOPICS,
    show_default=True,
    help="Among completed, failed, paused and node, with commas between.",
)
@click.option("--all", "everybodys", is_flag=True, help="Of everybody's shots, not only yours.")
@click.option("--show", type=options.SHOW, help="Only shots of this show.")
@options.as_json
def add_notice(
    *, address: str, topics: str, everybodys: bool, show: str | None, as_json: bool
) -> None:
    """Be told at ADDRESS from now on: an address as Apprise writes it."""
    from brender_farm.client import this_farm
    from brender_farm.service.shapes.notices import NoticeRequest

    wanted = NoticeRequest(address=address, topics=topics, mine_only=not everybodys, show=show)
    row = this_farm().add_notice(wanted)
    if as_json:
        print_json(row)
    else:
        say(f"Subscription {row.id}: {row.address}. See it arrive: brender notices test {row.id}")


@notices.command("remove", epilog=examples("brender notices remove 1"))
@_an_id
@options.as_json
def remove_notice(*, notice_id: int, as_json: bool) -> None:
    """Be told there no more; the farm forgets the address."""
    from brender_farm.client import this_farm

    row = this_farm().remove_notice(notice_id)
    if as_json:
        print_json(row)
    else:
        say(f"You are told no more by {row.address}.")


@notices.command("test", epilog=examples("brender notices test 1"))
@_an_id
@options.as_json
def test_notice(*, notice_id: int, as_json: bool) -> None:
    """Send a test message now, and say how it went."""
    from brender_farm.client import this_farm

    trouble = this_farm().try_notice(notice_id)
    if as_json:
        print_json({"delivered": not trouble, "trouble": trouble})
    elif trouble:
        complain(f"it was not delivered. {trouble}")
    else:
        say("The test message was taken.")
    if trouble:
        sys.exit(Ending.REFUSED)


def _cells(row: NoticeRow) -> tuple[object, ...]:
    told = f"{row.told_at:%Y-%m-%d %H:%M} UTC" if row.told_at else "none yet"
    whose = "mine" if row.mine_only else "all"
    last = row.trouble or told
    return row.id, row.address, whose, row.show or "-", ",".join(row.topics), last
