"""Commands that show and steer shots."""

from __future__ import annotations

import textwrap

import click

from brender_farm.cli.table import print_json, print_table
from brender_farm.domain.shot_filter import ARCHIVED_TOO
from brender_farm.domain.time_left import queue_words
from brender_farm.service.audit_result import AuditResult
from brender_farm.service.shapes.shots import Page, ShotDetail, ShotRow

_as_json = click.option("--json", "as_json", is_flag=True, help="JSON for programs.")


@click.command()
@click.option("--state", default="", help="Only shots in this state; several with commas.")
@click.option("--search", default="", help="Only shots whose name or submitter has this in it.")
@click.option("--submitter", default="", help="Only shots that this person submitted.")
@click.option("--all", "with_archived", is_flag=True, help="Archived shots as well.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@_as_json
def shots(
    *, state: str, search: str, submitter: str, with_archived: bool, limit: int, as_json: bool
) -> None:
    """List the newest shots."""
    from brender_farm.client import core_app
    from brender_farm.service.shots import list_shots

    wanted = Page(
        state=state,
        search=search,
        submitter=submitter,
        archived=ARCHIVED_TOO if with_archived else "",
        size=limit,
    )
    with core_app().app_context():
        found = list_shots(wanted)
    if as_json:
        print_json(found.rows)
        return
    heads = ("ID", "STATE", "DONE", "FAILED", "S/FRAME", "LEFT", "PRIO", "SUBMITTER", "NAME")
    print_table(heads, [_cells(row) for row in found.rows])
    if found.total > len(found.rows):
        click.echo(f"… and {found.total - len(found.rows)} more.")
    if found.queue_left is not None:
        click.echo(f"\n{queue_words(found.queue_left, found.untold_count)}")


@click.command()
@click.argument("shot_id", type=int)
@_as_json
def shot(*, shot_id: int, as_json: bool) -> None:
    """Show one shot, and why it waits."""
    from brender_farm.client import get_shot

    detail = get_shot(shot_id).detail
    if as_json:
        print_json(detail)
    else:
        _print_detail(detail)


@click.command()
@click.argument("shot_id", type=int)
@click.option("--reason", default="", help="Kept in the shot's history.")
def pause(*, shot_id: int, reason: str) -> None:
    """Give a shot nothing new; frames that are rendering finish."""
    _act(shot_id, "pause", reason)


@click.command()
@click.argument("shot_id", type=int)
@click.option("--reason", default="", help="Kept in the shot's history.")
def resume(*, shot_id: int, reason: str) -> None:
    """Let a paused shot go on."""
    _act(shot_id, "resume", reason)


@click.command()
@click.argument("shot_id", type=int)
@click.option("--reason", default="", help="Kept in the shot's history.")
def cancel(*, shot_id: int, reason: str) -> None:
    """Stop a shot at once; finished frames stay."""
    _act(shot_id, "cancel", reason)


@click.command()
@click.argument("shot_id", type=int)
@click.option("--reason", default="", help="Kept in the shot's history.")
def retry(*, shot_id: int, reason: str) -> None:
    """Try the failed or cancelled frames of a shot again."""
    _act(shot_id, "retry", reason)


@click.command()
@click.argument("shot_id", type=int)
@click.argument("value", type=int)
def priority(*, shot_id: int, value: int) -> None:
    """Change a shot's priority to VALUE, 0 to 100."""
    from brender_farm.client import core_app, user_name
    from brender_farm.service.shots import set_priority

    with core_app().app_context():
        row = set_priority(shot_id, value, actor=user_name())
    click.echo(f"Shot {row.id} has priority {row.priority}.")


def _act(shot_id: int, action: str, reason: str) -> None:
    from brender_farm.client import ShotHandle

    state = ShotHandle(shot_id).act(action, reason=reason)
    click.echo(f"Shot {shot_id} is {state}.")


def _cells(row: ShotRow) -> tuple[object, ...]:
    each = f"{row.seconds_per_frame:.2f}" if row.seconds_per_frame is not None else "-"
    done = f"{row.done_count}/{row.frame_count}"
    left = row.time_left or "-"
    who = (row.priority, row.submitter, row.name)
    return row.id, row.state, done, row.failed_count, each, left, *who


def _print_detail(detail: ShotDetail) -> None:
    row = detail.row
    facts = {
        "state": f"{row.state}. {row.reason}".rstrip(". ") + ".",
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
    click.echo(f"Shot {row.id}: {row.name}")
    for name, value in facts.items():
        click.echo(f"  {name:<9} {value}")
    if detail.render:
        click.echo(f"  rendered  {', '.join(detail.render_words)}")
    for warning in detail.warnings:
        click.echo(f"  warning   {warning}")
    for ban in detail.bans:
        click.echo(f"  banned    {ban.node}: {ban.why}")
    if detail.audit is not None:
        click.echo(f"  audit     {_audit_words(detail.audit)}")
    if detail.log_tail:
        click.echo("  Blender's last words at the frame that gave up last:")
        click.echo(textwrap.indent(detail.log_tail.rstrip(), "    "))


def _audit_words(audit: AuditResult) -> str:
    found = "all as published" if audit.is_well else f"{audit.bad_count} not as published"
    words = (
        f"{audit.checked_count} finished frames checked at {audit.at:%Y-%m-%d %H:%M} UTC, {found}"
    )
    return ". ".join(part.rstrip(".") for part in (words, audit.kept, audit.trouble) if part) + "."
