"""`brender …`: the farm from a terminal."""

from __future__ import annotations

import sys

import click

from brender_farm.cli.group import LazyGroup, colour_option, examples
from brender_farm.cli.running import run

COMMANDS = {
    "up": ("brender_farm.cli.up", "Start the whole farm on this machine."),
    "demo": ("brender_farm.cli.demo", "Start the farm and render the bundled demo shot."),
    "submit": ("brender_farm.cli.submit", "Submit a .blend."),
    "shots": ("brender_farm.cli.shots", "List the shots."),
    "shot": ("brender_farm.cli.shots", "Show one shot, and why it waits."),
    "wait": ("brender_farm.cli.wait", "Wait until shots are over."),
    "why": ("brender_farm.cli.why", "Say why a shot waits, or a node idles."),
    "queue": ("brender_farm.cli.queue", "Show what gets the next slot, and why."),
    "pause": ("brender_farm.cli.steer", "Give shots nothing new."),
    "resume": ("brender_farm.cli.steer", "Let paused shots go on."),
    "cancel": ("brender_farm.cli.steer", "Stop shots; finished frames stay."),
    "retry": ("brender_farm.cli.steer", "Try failed or cancelled frames again."),
    "edit": ("brender_farm.cli.edit", "Change settings of a shot."),
    "clone": ("brender_farm.cli.edit", "Submit a shot again, with changes."),
    "reset": ("brender_farm.cli.steer", "Stop shots and render all their frames again."),
    "archive": ("brender_farm.cli.steer", "Put shots that are over out of the list."),
    "unarchive": ("brender_farm.cli.steer", "Put archived shots back into the list."),
    "rerender": ("brender_farm.cli.again", "Render finished or failed frames again."),
    "unban": ("brender_farm.cli.again", "Give a shot's banned nodes another chance."),
    "stuck": ("brender_farm.cli.stuck", "List frames that take far too long."),
    "elsewhere": ("brender_farm.cli.stuck", "Have a node's frame rendered by another."),
    "adopt": ("brender_farm.cli.adopt", "Go on with a changed .blend."),
    "after": ("brender_farm.cli.after", "Show or change which shots a shot comes after."),
    "start": ("brender_farm.cli.steer", "Let waiting shots begin, whatever they wait for."),
    "priority": ("brender_farm.cli.steer", "Change the priority of shots."),
    "audit": ("brender_farm.cli.audit", "Compare a shot's files with what is recorded."),
    "film": ("brender_farm.cli.film", "Write a film of a shot's frames."),
    "frames": ("brender_farm.cli.frames", "List a shot's frames, or write them to a ZIP."),
    "chunks": ("brender_farm.cli.frames", "List a shot's chunks, or show a chunk's log."),
    "delete": ("brender_farm.cli.steer", "Stop shots and forget them; finished files stay."),
    "nodes": ("brender_farm.cli.nodes", "List the nodes."),
    "node": ("brender_farm.cli.nodes", "Enable, drain, restart or forget a node; hours, tags."),
    "node-token": ("brender_farm.cli.node_keys", "Let a node on another machine join."),
    "shows": ("brender_farm.cli.shows", "Show or set the shows: roots, output, preset."),
    "presets": ("brender_farm.cli.presets", "Show or set render settings with a name."),
    "settings": ("brender_farm.cli.settings", "Show or change the farm's settings."),
    "status": ("brender_farm.cli.status", "Say how each part of the farm is."),
    "doctor": ("brender_farm.cli.doctor", "Check every part, and say how to mend what is wrong."),
    "logs": ("brender_farm.cli.logs", "Show what the farm's processes say."),
    "users": ("brender_farm.cli.users", "Show or set who may sign in, and what they may."),
    "tokens": ("brender_farm.cli.tokens", "Show, make or remove what programs sign in with."),
    "limits": ("brender_farm.cli.rules", "Show or set what there is only so much of."),
    "shares": ("brender_farm.cli.rules", "Show or set how submitters share the farm."),
    "webhooks": ("brender_farm.cli.webhooks", "Tell programs elsewhere what happens."),
    "notices": ("brender_farm.cli.notices", "Be told by mail, chat or webhook."),
    "backup": ("brender_farm.cli.backup", "Write a backup of the farm's database."),
    "restore": ("brender_farm.cli.backup", "Put a backup in the database's place."),
    "broker": ("brender_farm.cli.processes", "Run the embedded broker."),
    "web": ("brender_farm.cli.processes", "Run the dashboard."),
    "scheduler": ("brender_farm.cli.processes", "Run the scheduler."),
    "worker": ("brender_farm.cli.processes", "Run this machine's render node."),
    "flower": ("brender_farm.cli.processes", "Run Flower, Celery's monitor."),
    "version": ("brender_farm.cli.processes", "Print Brender's version."),
    "completion": ("brender_farm.cli.completion", "Print the script that completes in a shell."),
}
"""Each command's module is imported only when the command runs: `--help` stays quick."""


SECTIONS = {
    "Start": ("up", "demo", "worker", "doctor", "version", "completion"),
    "Shots": (
        *("submit", "shots", "shot", "why", "wait", "queue", "frames", "chunks", "film"),
        *("pause", "resume", "cancel", "retry", "start", "priority", "edit", "after", "adopt"),
        *("rerender", "reset", "unban", "stuck", "elsewhere", "audit", "clone"),
        *("archive", "unarchive", "delete"),
    ),
    "Nodes": ("nodes", "node", "node-token"),
    "The farm": (
        *("status", "logs", "shows", "presets", "limits", "shares", "settings"),
        *("users", "tokens", "notices", "webhooks"),
    ),
    "The farm's machine": (*("backup", "restore", "broker", "web", "scheduler", "flower"),),
}
"""The commands by subject, in the order of `brender --help`."""

AT_HOME = ("users", "tokens", "node-token", "backup", "restore")
"""Those that need the farm's own database, and so are of its machine only."""


@click.group(
    cls=LazyGroup,
    modules=COMMANDS,
    sections=SECTIONS,
    at_home=AT_HOME,
    params=[colour_option()],
    epilog=examples(
        "brender up                                   start the farm here",
        "brender submit scene.blend --frames 1-48 --watch",
        "brender shots --state failed,paused",
        "BRENDER_URL=https://farm.studio.com BRENDER_TOKEN=… brender shots",
    ),
)
def cli() -> None:
    """Brender, a render farm for Blender."""


def main() -> None:
    """Run the command line; an error the farm raises on purpose is one clear line."""
    sys.exit(run(cli))
