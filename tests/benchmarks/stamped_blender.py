"""The bpy wheel behind a `blender` command line, noting when each command begins and ends.

It loads the node's own `inside.py` and serves as that does; only the handlers are wrapped. One line
of JSON per command goes to the file after `--stamps`; the clock is `time.time_ns()`.
"""

from __future__ import annotations

import importlib.util
import json
import shlex
import sys
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One command that Blender was given."""

    command: str
    """ready (which nobody asked for), open, render or drop."""
    frame: int | None
    began_ns: int
    ended_ns: int


def install(folder: Path) -> tuple[Path, Path]:
    """Write the program into `folder`; return its path and that of the file with the stamps."""
    program, stamps = folder / "stamped-blender", folder / "stamps.jsonl"
    command = [sys.executable, "-P", __file__, "--stamps", str(stamps)]
    program.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    program.chmod(0o755)
    stamps.touch()
    return program, stamps


def read_stamps(path: Path) -> list[Stamp]:
    """Return what was noted so far, in order."""
    text = path.read_text()
    whole = text[: text.rfind("\n") + 1]
    return [Stamp(**json.loads(line)) for line in whole.splitlines()]


def _main(argv: list[str]) -> None:
    if "--version" in argv:
        print(f"Blender {metadata.version('bpy')}")
        return
    stamps = Path(argv[argv.index("--stamps") + 1])
    script = argv[argv.index("--python") + 1]
    spec = importlib.util.spec_from_file_location("inside", script)
    inside = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(inside)

    def stamped(name, handle):
        def run(command, tell):
            began_ns = time.time_ns()
            try:
                return handle(command, tell)
            finally:
                note = {
                    "command": name,
                    "frame": command.get("frame"),
                    "began_ns": began_ns,
                    "ended_ns": time.time_ns(),
                }
                with stamps.open("a") as file:
                    file.write(json.dumps(note) + "\n")

        return run

    def start():
        ready, handlers = stamped("ready", lambda *_: inside.start())({}, None)
        return ready, {name: stamped(name, handle) for name, handle in handlers.items()}

    inside.serve(start)


if __name__ == "__main__":
    _main(sys.argv[1:])
