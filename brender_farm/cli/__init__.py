"""`brender …`: the farm from a terminal."""

from __future__ import annotations

import importlib
import sys

import click

from brender_farm.errors import FarmError

COMMANDS = {
    "up": ("brender_farm.cli.up", "Start the whole farm on this machine."),
    "demo": ("brender_farm.cli.demo", "Start the farm and render the bundled demo shot."),
    "submit": ("brender_farm.cli.submit", "Submit a .blend."),
    "shots": ("brender_farm.cli.shots", "List the shots."),
    "shot": ("brender_farm.cli.shots", "Show one shot, and why it waits."),
    "why": ("brender_farm.cli.why", "Say why a shot waits, or a node idles."),
    "queue": ("brender_farm.cli.queue", "Show what gets the next slot, and why."),
    "pause": ("brender_farm.cli.shots", "Give a shot nothing new."),
    "resume": ("brender_farm.cli.shots", "Let a paused shot go on."),
    "cancel": ("brender_farm.cli.shots", "Stop a shot; finished frames stay."),
    "retry": ("brender_farm.cli.shots", "Try failed or cancelled frames again."),
    "edit": ("brender_farm.cli.edit", "Change settings of a shot."),
    "clone": ("brender_farm.cli.edit", "Submit a shot again, with changes."),
    "reset": ("brender_farm.cli.archive", "Stop shots and render all their frames again."),
    "archive": ("brender_farm.cli.archive", "Put shots that are over out of the list."),
    "unarchive": ("brender_farm.cli.archive", "Put archived shots back into the list."),
    "rerender": ("brender_farm.cli.again", "Render finished or failed frames again."),
    "unban": ("brender_farm.cli.again", "Give a shot's banned nodes another chance."),
    "stuck": ("brender_farm.cli.stuck", "List frames that take far too long."),
    "elsewhere": ("brender_farm.cli.stuck", "Have a node's frame rendered by another."),
    "adopt": ("brender_farm.cli.adopt", "Go on with a changed .blend."),
    "after": ("brender_farm.cli.after", "Show or change which shots a shot comes after."),
    "start": ("brender_farm.cli.after", "Let a waiting shot begin, whatever it waits for."),
    "priority": ("brender_farm.cli.shots", "Change a shot's priority."),
    "audit": ("brender_farm.cli.audit", "Compare a shot's files with what is recorded."),
    "film": ("brender_farm.cli.film", "Write a film of a shot's frames."),
    "frames": ("brender_farm.cli.film", "Write a shot's frames to a ZIP."),
    "delete": ("brender_farm.cli.delete", "Stop a shot and forget it; finished files stay."),
    "nodes": ("brender_farm.cli.nodes", "List the nodes."),
    "node": ("brender_farm.cli.nodes", "Enable, drain, restart or forget a node; hours, tags."),
    "shows": ("brender_farm.cli.shows", "Show or set the shows: roots, output, preset."),
    "presets": ("brender_farm.cli.presets", "Show or set render settings with a name."),
    "settings": ("brender_farm.cli.settings", "Show or change the farm's settings."),
    "status": ("brender_farm.cli.status", "Say how each part of the farm is."),
    "logs": ("brender_farm.cli.logs", "Show what the farm's processes say."),
    "limits": ("brender_farm.cli.rules", "Show or set what there is only so much of."),
    "shares": ("brender_farm.cli.rules", "Show or set how submitters share the farm."),
    "notices": ("brender_farm.cli.notices", "Be told by mail, chat or webhook."),
    "backup": ("brender_farm.cli.backup", "Write a backup of the farm's database."),
    "restore": ("brender_farm.cli.backup", "Put a backup in the database's place."),
    "broker": ("brender_farm.cli.processes", "Run the embedded broker."),
    "web": ("brender_farm.cli.processes", "Run the dashboard."),
    "scheduler": ("brender_farm.cli.processes", "Run the scheduler."),
    "worker": ("brender_farm.cli.processes", "Run this machine's render node."),
    "flower": ("brender_farm.cli.processes", "Run Flower, Celery's monitor."),
    "version": ("brender_farm.cli.processes", "Print Brender's version."),
}
"""Each command's module is imported only when the command runs: `--help` stays quick."""


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])


@click.group(cls=_LazyGroup)
def cli() -> None:
    """Brender, a render farm for Blender.

    \b
    brender up                                   start the farm here
    brender submit scene.blend --frames 1-48 --watch
    brender worker                               make this machine a node
    """


def main() -> None:
    """Run the command line; an error the farm raises on purpose is one clear line."""
    try:
        cli(prog_name="brender")
    except FarmError as error:
        click.echo(f"brender: {error}", err=True)
        sys.exit(1)
