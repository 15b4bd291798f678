"""A child process in a group of its own that speaks JSON lines over a pair of pipes.

The child's end is `protocol.py`. Its standard output and error are read line by line and handed to
a callback; they are never part of the conversation. Passing descriptors needs POSIX.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import selectors
import signal
import subprocess
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

import msgspec
import psutil

from brender_farm.errors import SessionDied
from workers.blender.lines import LineSplitter
from workers.blender.protocol import READ_VARIABLE, WRITE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Message = dict[str, Any]

MESSAGE_LIMIT_BYTES = 1 << 20
OUTPUT_LINE_LIMIT_BYTES = 8192
LAST_LINE_COUNT = 12
KILL_GRACE_S = 0.5
DRAIN_S = 0.5
CHUNK_BYTES = 65536

_log = logging.getLogger(__name__)


class Child:
    """One child process: ask it, listen to it, end it.

    One thread at a time may ask. Ending it is safe from any thread, at any time, more than once.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        name: str,
        environment: Mapping[str, str],
        on_line: Callable[[str], None],
    ) -> None:
        """Start the program.

        Raises SessionDied when it cannot be started.
        """
        self.name = name
        self.last_heard = time.monotonic()
        self._on_line = on_line
        self._answers: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._last_lines: deque[str] = deque(maxlen=LAST_LINE_COUNT)
        self._last_id = 0
        self._over = threading.Event()  # no answer will come any more
        self._reaped = threading.Event()  # the process and its group are gone
        self._reaping = threading.Lock()  # signals are only sent while the pid is surely ours
        self._sending = threading.Lock()
        self._was_killed = False
        self._start(argv, environment)
        self.pid = self._process.pid
        self._listener = threading.Thread(
            target=self._listen, name=f"{name} {self.pid}", daemon=True
        )
        self._listener.start()

    def _start(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        command_read, self._command_write = os.pipe()
        self._answer_read, answer_write = os.pipe()
        theirs = {READ_VARIABLE: str(command_read), WRITE_VARIABLE: str(answer_write)}
        try:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
                pass_fds=(command_read, answer_write),
                start_new_session=True,
                env={**environment, **theirs},
            )
        except OSError as error:
            os.close(self._command_write)
            os.close(self._answer_read)
            message = f"{self.name} cannot be started: {argv[0]}: {error.strerror}."
            raise SessionDied(message) from error
        finally:
            os.close(command_read)
            os.close(answer_write)

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return not self._over.is_set()

    def wait_until_ready(self, timeout_s: float) -> Message:
        """Return the message that the child sends unasked when it is ready.

        Raises SessionDied when it ends, cannot get ready or takes longer than `timeout_s`.
        """
        try:
            message = self._next(time.monotonic() + timeout_s)
        except TimeoutError:
            raise SessionDied(f"{self.name} was not ready within {timeout_s:g} s.") from None
        if message["type"] != "ready":
            raise SessionDied(f"{self.name} cannot start: {message['message']}")
        return message

    def ask(
        self,
        command: Message,
        *,
        timeout_s: float | None = None,
        on_started: Callable[[], None] | None = None,
    ) -> Message:
        """Send a command and return its final answer, which may be an `error`.

        Raises SessionDied when the child ends first, or TimeoutError after `timeout_s`.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        self._last_id += 1
        self._send({**command, "id": self._last_id})
        while True:
            message = self._next(deadline)
            if message.get("id") != self._last_id:
                continue  # the late answer to a command that was given up
            if message.get("type") != "started":
                return message
            if on_started:
                on_started()

    def close(self, grace_s: float) -> None:
        """Ask it to quit, and end it when it takes longer than `grace_s`."""
        with contextlib.suppress(SessionDied):
            self._send({"type": "quit", "id": -1})
            self._reaped.wait(grace_s)
        self.kill()

    def kill(self, grace_s: float = KILL_GRACE_S) -> None:
        """End it and everything it started: terminate, after the grace kill.

        Whoever waits for an answer gets SessionDied at once.
        """
        self._was_killed = self._was_killed or not self._over.is_set()
        self._give_up()
        if self._reaped.is_set():
            return
        strays = _descendants(self.pid)  # those that left the group are found as relatives
        self._signal_group(signal.SIGTERM)
        if not self._reaped.wait(grace_s):
            self._signal_group(signal.SIGKILL)
        for stray in strays:
            with contextlib.suppress(psutil.NoSuchProcess):
                stray.kill()
        if not self._reaped.wait(5):
            _log.error("A child did not end when killed", extra={"child_pid": self.pid})

    def death(self) -> SessionDied:
        """Return the error that says how it ended and what it said last."""
        last = "".join(f"\n  {line}" for line in list(self._last_lines))
        said = f" Its last lines:{last}" if last else " It said nothing."
        return SessionDied(f"{self.name} {self._how_it_ended()}.{said}")

    def _how_it_ended(self) -> str:
        code = self._process.returncode
        if self._was_killed:
            return "was stopped"
        if code is None:
            return "closed its pipe"
        if code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended by itself with exit code {code}"

    def _send(self, command: Message) -> None:
        data = msgspec.json.encode(command) + b"\n"
        with self._sending:
            if self._over.is_set():
                raise self.death()
            try:
                while data:
                    data = data[os.write(self._command_write, data) :]
            except OSError:
                pass  # it is ending: waiting for the answer will tell how
            else:
                return
        self._reaped.wait(KILL_GRACE_S)
        raise self.death()

    def _next(self, deadline: float | None) -> Message:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        try:
            message = self._answers.get(timeout=left)
        except queue.Empty:
            raise TimeoutError(f"{self.name} did not answer in time.") from None
        if message is None:
            self._answers.put(None)  # for whoever asks next
            raise self.death()
        return message

    def _give_up(self) -> None:
        self._over.set()
        self._answers.put(None)

    def _signal_group(self, number: signal.Signals) -> None:
        with self._reaping, contextlib.suppress(ProcessLookupError):
            if self._process.returncode is None:
                os.killpg(self.pid, number)

    def _listen(self) -> None:
        """Read answers and output until the child closes its pipe, then reap it and its group."""
        try:
            self._read_both()
        except Exception:  # noqa: BLE001 - whatever it was, the child must not be left alone
            _log.exception("Listening to a child failed", extra={"child_pid": self.pid})
        # Not reaped yet, so the group's number is still its own. Whoever closed the pipe is ending
        # or of no use any more.
        self._signal_group(signal.SIGKILL)
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        with self._reaping:
            self._process.wait()
        self._reaped.set()
        self._give_up()
        with self._sending:
            os.close(self._command_write)
        os.close(self._answer_read)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read_both(self) -> None:
        assert self._process.stdout is not None
        output = self._process.stdout.fileno()
        answers, lines = LineSplitter(MESSAGE_LIMIT_BYTES), LineSplitter(OUTPUT_LINE_LIMIT_BYTES)
        with selectors.DefaultSelector() as selector:
            selector.register(self._answer_read, selectors.EVENT_READ, (answers, self._hear_answer))
            selector.register(output, selectors.EVENT_READ, (lines, self._hear_line))
            deadline: float | None = None  # set when the pipe is closed and output is drained
            while selector.get_map():
                left = None if deadline is None else max(0.0, deadline - time.monotonic())
                ready = selector.select(left)
                if not ready:
                    return
                for key, _ in ready:
                    if not self._read_one(key) and selector.unregister(key.fileobj).fd != output:
                        self._signal_group(signal.SIGKILL)
                        deadline = time.monotonic() + DRAIN_S

    def _read_one(self, key: selectors.SelectorKey) -> bool:
        splitter, hear = key.data
        data = os.read(key.fd, CHUNK_BYTES)
        self.last_heard = time.monotonic()
        for line in splitter.feed(data) if data else splitter.finish():
            hear(line)
        return bool(data)

    def _hear_answer(self, line: bytes) -> None:
        message = msgspec.json.decode(line)
        if not isinstance(message, dict):
            raise TypeError("a message must be a JSON object")
        self._answers.put(message)

    def _hear_line(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace")
        self._last_lines.append(text)
        try:
            self._on_line(text)
        except Exception:  # noqa: BLE001 - a full disk of the log must not end a render
            _log.exception("A line of output was lost", extra={"child_pid": self.pid})


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        found: list[psutil.Process] = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return found
