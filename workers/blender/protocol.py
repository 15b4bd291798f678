"""The child's end of the pipe: JSON lines in, JSON lines out, and death when the pipe closes.

Runs inside Blender (3.0 and later: Python 3.9 and later), so it imports the standard library only.
`inside.py`, `verify.py` and the fake Blender of the tests all serve through it.

A command is `{"type": …, "id": n, …}`. Every answer repeats the id; exactly one final answer
follows each command, after any number of events (`started`). Failures are `{"type": "error",
"message", "kind", "permanent"}`. The first message, with id 0, is `ready` or an error.

File descriptors are handed over by number, which is POSIX only.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import queue
import sys
import threading
import traceback
from typing import Any, Callable, Dict, Iterator, NoReturn, Tuple  # noqa: UP035 - Python 3.9

READ_VARIABLE = "BRENDER_PIPE_READ"
WRITE_VARIABLE = "BRENDER_PIPE_WRITE"

Message = Dict[str, Any]  # noqa: UP006 - Python 3.9
Tell = Callable[[Message], None]
Handler = Callable[[Message, Tell], Message]
Start = Callable[[], Tuple[Message, Dict[str, Handler]]]  # noqa: UP006 - Python 3.9


class Refusal(Exception):
    """The child cannot do this; `kind` is a word for programs, the message is for people."""

    def __init__(self, message: str, *, kind: str, permanent: bool) -> None:
        super().__init__(message)
        self.kind = kind
        self.permanent = permanent


class Pipe:
    """Both descriptors, kept from any grandchild so that a closed pipe is seen at once."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._read_fd = read_fd
        self._write_fd = write_fd
        for descriptor in (read_fd, write_fd):
            os.set_inheritable(descriptor, False)

    def send(self, message: Message) -> None:
        """Write one line; a parent that is gone ends this process."""
        data = json.dumps(message).encode() + b"\n"
        try:
            while data:
                data = data[os.write(self._write_fd, data) :]
        except OSError:
            os._exit(0)

    def commands(self) -> Iterator[Message]:
        """Yield commands until the parent closes its end."""
        rest = b""
        while True:
            data = os.read(self._read_fd, 65536)
            if not data:
                return
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                yield json.loads(line)


def serve(start: Start) -> NoReturn:
    """Answer commands until told to quit or the pipe closes; never returns.

    `start` loads what is slow and returns the fields of `ready` and one handler for each command.
    The pipe is watched before that, so a parent that dies meanwhile takes this process along.
    """
    pipe = Pipe(int(os.environ[READ_VARIABLE]), int(os.environ[WRITE_VARIABLE]))
    commands: queue.SimpleQueue[Message] = queue.SimpleQueue()
    threading.Thread(target=_watch, args=(pipe, commands), name="pipe", daemon=True).start()
    _flush_every_line()
    ready = _guarded(lambda: _ready(*start()))
    pipe.send({"id": 0, **ready[0]})
    handlers = ready[1]
    while True:
        command = commands.get()
        if command["type"] == "quit":
            pipe.send({"id": command["id"], "type": "closed"})
            leave(0)
        pipe.send({"id": command["id"], **_answer(command, handlers, pipe)})


def leave(code: int) -> NoReturn:
    """End this process without the interpreter's own exit, in which bpy can hang."""
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
        ctypes.CDLL(None).fflush(None)
    os._exit(code)


def failure(error: BaseException) -> Message:
    """Describe an exception as an `error` answer; the traceback of a surprise goes to the log."""
    if isinstance(error, Refusal):
        return _error(str(error), error.kind, error.permanent)
    if isinstance(error, MemoryError):
        return _error("Out of memory.", "memory", False)
    traceback.print_exception(type(error), error, error.__traceback__)
    return _error(f"{type(error).__name__}: {error}", "unexpected", False)


def _error(message: str, kind: str, permanent: bool) -> Message:
    return {"type": "error", "message": message, "kind": kind, "permanent": permanent}


def _ready(fields: Message, handlers: dict[str, Handler]) -> tuple[Message, dict[str, Handler]]:
    return {"type": "ready", "pid": os.getpid(), **fields}, handlers


def _guarded(
    start: Callable[[], tuple[Message, dict[str, Handler]]],
) -> tuple[Message, dict[str, Handler]]:
    try:
        return start()
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
        return failure(error), {}


def _answer(command: Message, handlers: dict[str, Handler], pipe: Pipe) -> Message:
    handler = handlers.get(command["type"])
    if handler is None:
        return _error(f"There is no command {command['type']!r} here.", "protocol", True)

    def tell(event: Message) -> None:
        pipe.send({"id": command["id"], **event})

    try:
        return handler(command, tell)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
        return failure(error)


def _watch(pipe: Pipe, commands: queue.SimpleQueue[Message]) -> None:
    """Pass commands on; when the parent is gone, end at once, even in the middle of a render."""
    try:
        for command in pipe.commands():
            commands.put(command)
    finally:
        os._exit(0)


def _flush_every_line() -> None:
    """Let the last lines before a crash reach the log: C's stdout is block-buffered on a pipe."""
    with contextlib.suppress(Exception):
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        libc = ctypes.CDLL(None)
        line_buffered = 1  # _IOLBF of glibc and musl
        libc.setvbuf(ctypes.c_void_p.in_dll(libc, "stdout"), None, line_buffered, 0)
