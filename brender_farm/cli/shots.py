"""`brender shots` and `brender shot`: what there is, and how one goes."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from brender_farm.cli import options
from brender_farm.cli.group import Group, examples
from brender_farm.cli.table import print_json, print_table
from brender_farm.cli.terminal import State, say, width
from brender_farm.cli.wait import wait
from brender_farm.domain.shot_filter import ARCHIVED_TOO

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from brender_farm.service.audit_result import AuditResult
    from brender_farm.service.shapes.shots import ShotDetail, ShotRow

_HEADS = ("ID", "STATE", "DONE", "FAILED", "S/FRAME", "LEFT", "PRIO", "SUBMITTER", "NAME")
_ROOMY = 110
"""Columns of a terminal from which on all of it has room beside the names."""
_LEFT_OUT = {"FAILED", "S/FRAME"}
"""On narrower ones; that a shot failed its state says, and the rest `brender shot`."""
_NUMBERS = ("ID", "DONE", "FAILED", "S/FRAME", "LEFT", "PRIO")


@click.command(
    epilog=examples(
        "brender shots",
        "brender shots --state failed,paused --submitter mira",
        "brender shots --search harbour --sort name --json",
        "brender shots --state failed --ids | brender retry -",
    )
)
@click.option("--state", default="", help="Only shots in this state; several with commas.")
@click.option("--search", default="", help="Only shots whose name or submitter has this in it.")
@click.option("--submitter", default="", help="Only shots that this person submitted.")
@click.option("--show", type=options.SHOW, help="Only shots of this show.")
@click.option("--all", "with_archived", is_flag=True, help="Archived shots as well.")
@click.option("--sort", default="-id", metavar="COLUMN", help="By name, -priority, …; - descends.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.option("--ids", "ids_only", is_flag=True, help="Numbers only, one a line.")
@options.as_json
def shots(
    *,
    state: str,
    search: str,
    submitter: str,
    show: str | None,
    with_archived: bool,
    sort: str,
    limit: int,
    ids_only: bool,
    as_json: bool,
) -> None:
    """List the newest shots."""
    from brender_farm.client import this_farm
    from brender_farm.service.shapes.shots import Page

    farm = this_farm()
    wanted = Page(
        state=state,
        search=search,
        submitter=submitter,
        show_id=farm.find_show(show).id if show else None,
        archived=ARCHIVED_TOO if with_archived else "",
        sort=sort,
        size=limit,
    )
    found = farm.list_shots(wanted)
    if as_json:
        print_json(found.rows)
        return
    if ids_only:
        for row in found.rows:
            click.echo(row.id)
        return
    from brender_farm.domain.time_left import queue_words

    is_narrow = (width() or _ROOMY) < _ROOMY
    heads = [head for head in _HEADS if not is_narrow or head not in _LEFT_OUT]
    lines = [_cells(row, is_narrow=is_narrow) for row in found.rows]
    print_table(heads, [[line[head] for head in heads] for line in lines], right=_NUMBERS)
    if found.total > len(found.rows):
        click.echo(f"… and {found.total - len(found.rows):,} more.")
    if found.queue_left is not None:
        click.echo(f"\n{queue_words(found.queue_left, found.untold_count)}")


class _Shot(Group):
    """`brender shot 12` shows shot 12; what else there is has a word of its own."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = args[0] in self.commands
        return super().resolve_command(ctx, args if known else ["show", *args])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            return found
        return found + options.SHOT.shell_complete(ctx, self.params[0], incomplete)


@click.group(
    cls=_Shot,
    subcommand_metavar="SHOT | COMMAND [ARGS]...",
    context_settings={"ignore_unknown_options": True},
    epilog=examples("brender shot 12", "brender shot harbour_010 --json", "brender shot wait 12"),
)
def shot() -> None:
    """Show one shot, and why it waits; or wait for its end."""


@shot.command(epilog=examples("brender shot show 12", "brender shot 12 --json"))
@options.a_shot
@options.as_json
def show(*, shot: str, as_json: bool) -> None:
    """Show one shot, and why it waits."""
    from brender_farm.cli.targets import find_shot
    from brender_farm.client import this_farm

    farm = this_farm()
    detail = farm.get_shot(find_shot(farm, shot))
    if as_json:
        print_json(detail)
    else:
        _print_detail(detail)


shot.add_command(wait)


def _cells(row: ShotRow, *, is_narrow: bool) -> dict[str, object]:
    left = str(row.time_left or "-")
    return {
        "ID": row.id,
        "STATE": State(row.state),
        "DONE": f"{row.done_count}/{row.frame_count}",
        "FAILED": row.failed_count,
        "S/FRAME": f"{row.seconds_per_frame:.2f}" if row.seconds_per_frame is not None else "-",
        "LEFT": left.partition(" (")[0] if is_narrow else left,  # without its spread
        "PRIO": row.priority,
        "SUBMITTER": row.submitter,
        "NAME": row.name,
    }


def _print_detail(detail: ShotDetail) -> None:
    row = detail.row
    facts = {
        "state": f"{State(row.state)}. {row.reason}".rstrip(". ") + ".",
        "frames": f"{row.done_count} of {row.frame_count} done, {row.failed_count} failed, "
        f"{row.rendering_count} rendering ({detail.frames})",
        "time left": row.time_left or "-",
        "waiting": detail.waiting or "-",
        "file": f"{detail.blend} (Blender {detail.blend_version}, scene {detail.scene})",
        "show": row.show or "-",
        "output": f"{detail.output_dir} ({detail.width}×{detail.height} {detail.format})",
        "priority": row.priority,
        "may": ", ".join((*row.actions, *row.offers)),
    }
    say(f"Shot {row.id}: {row.name}")
    for name, value in facts.items():
        say(f"  {name:<9} {value}")
    if detail.render:
        say(f"  rendered  {', '.join(detail.render_words)}")
    for warning in detail.warnings:
        say(f"  warning   {warning}")
    for ban in detail.bans:
        say(f"  banned    {ban.node}: {ban.why}")
    if detail.audit is not None:
        say(f"  audit     {_audit_words(detail.audit)}")
    if detail.notes:
        say(f"  notes     {detail.notes}")
    if detail.log_tail:
        click.echo("  Blender's last words at the frame that gave up last:")
        say(textwrap.indent(detail.log_tail.rstrip(), "    "))


def _audit_words(audit: AuditResult) -> str:
    found = "all as published" if audit.is_well else f"{audit.bad_count} not as published"
    words = (
        f"{audit.checked_count} finished frames checked at {audit.at:%Y-%m-%d %H:%M} UTC, {found}"
    )
    return ". ".join(part.rstrip(".") for part in (words, audit.kept, audit.trouble) if part) + "."
