"""What comes from the broker is looked at here, before kombu, Celery or anything parses it.

Whoever can write to the broker can put anything into a queue: other content types, compressed or
endless bodies, times at which to run, callbacks, tasks and commands of Celery's own. A message gets
in only in the one form in which the farm sends it, and what gets in is written anew from the few
fields that count. All else is dropped, counted and said (broker/refusals.py).
"""

from __future__ import annotations

import binascii
import uuid
from base64 import b64decode
from typing import Annotated, Any, Literal

import msgspec

from brender_farm import wire
from brender_farm.broker.commands import LOOKS, obeyed
from brender_farm.broker.queues import (
    CHECK_NODE,
    FARM_QUEUE,
    FINISH_CHUNKS,
    NODE_QUEUE,
    RENDER_CHUNK,
    REPORT,
    RESTART_BLENDERS,
    STOP_CHUNKS,
)
from brender_farm.errors import MessageRefused
from brender_farm.wire_checkup import CheckupOrder

MAX_MESSAGE_BYTES = 8 * 1024 * 1024
"""Of a task as it lies in a queue; the report or order in it is half as long at most."""
MAX_BODY_BYTES = 4 * 1024 * 1024
MAX_OTHER_BYTES = 1024 * 1024
"""Of commands, their answers, and events."""
REMOTE_CONTROL = "celery.pidbox"
ANSWERS = "reply.celery.pidbox"

COMMANDS: dict[str, type[wire.ChunksOrder] | type[wire.RestartOrder]] = {
    STOP_CHUNKS: wire.ChunksOrder,
    FINISH_CHUNKS: wire.ChunksOrder,
    RESTART_BLENDERS: wire.RestartOrder,
}
"""What nodes may be told by remote control, and in which form."""

_SHOWN = 1000
"""Signs of what Flower shows of a task."""
_Short = Annotated[str, msgspec.Meta(max_length=200)]
_Clock = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_SEALED = (b'{"mac":', b'{"mac" :')
_BAD = (msgspec.MsgspecError, MessageRefused, ValueError, RecursionError)


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    pass


class _Properties(msgspec.Struct):
    body_encoding: Literal["base64"]


class _TaskHeaders(msgspec.Struct):
    task: _Short
    id: _Short
    argsrepr: str | None = None
    origin: _Short | None = None


class _OtherHeaders(msgspec.Struct, frozen=True):
    clock: _Clock | None = None
    ticket: _Short | None = None


class _Task(msgspec.Struct, rename={"kind": "content-type", "encoding": "content-encoding"}):
    body: str
    headers: _TaskHeaders
    properties: _Properties
    kind: Literal["application/json"]
    encoding: Literal["utf-8"]


class _Other(msgspec.Struct, rename={"kind": "content-type", "encoding": "content-encoding"}):
    body: str
    properties: _Properties
    kind: Literal["application/json"]
    encoding: Literal["utf-8"]
    headers: _OtherHeaders = _OtherHeaders()


class _Nothing(_Strict):
    pass


class _Embedded(_Strict):
    """What Celery would have done after the task: nothing, here."""

    callbacks: None = None
    errbacks: None = None
    chain: None = None
    chord: None = None


class _AnswerTo(_Strict):
    exchange: Literal["reply.celery.pidbox"]
    routing_key: Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Za-z-]{1,64}\Z")]


class _Command(_Strict):
    method: _Short
    arguments: dict[str, msgspec.Raw] | None = None
    destination: Annotated[list[_Short], msgspec.Meta(max_length=5000)] | None = None
    pattern: Literal["node@*"] | None = None
    matcher: Literal["glob"] | None = None
    ticket: _Short | None = None
    reply_to: _AnswerTo | None = None


_Body = tuple[tuple[msgspec.Raw], _Nothing, _Embedded]
_task = msgspec.json.Decoder(_Task)
_other = msgspec.json.Decoder(_Other)
_body = msgspec.json.Decoder(_Body)
_command = msgspec.json.Decoder(_Command)
_anything = msgspec.json.Decoder()


def admit(queue: str, message: bytes) -> dict[str, Any]:
    """Return a message of a queue as kombu may have it. Raises MessageRefused."""
    try:
        if queue == FARM_QUEUE or queue.startswith(NODE_QUEUE):
            return _admit_task(queue, message)
        return _admit_other(queue, message)
    except _BAD as error:
        raise MessageRefused(f"It is not in the farm's form: {error}") from error


def admit_broadcast(exchange: str, message: bytes) -> dict[str, Any]:
    """Return what was said to all as kombu may have it. Raises MessageRefused."""
    try:
        return _admit_other(exchange, message)
    except _BAD as error:
        raise MessageRefused(f"It is not in the farm's form: {error}") from error


def _admit_task(queue: str, message: bytes) -> dict[str, Any]:
    _limit(message, MAX_MESSAGE_BYTES)
    task = _task.decode(message)
    text = _text(task.body, MAX_BODY_BYTES)
    (argument,), _, _ = _body.decode(text)
    is_report = queue == FARM_QUEUE
    if task.headers.task != (REPORT if is_report else RENDER_CHUNK):
        raise MessageRefused("This queue takes no such task.")
    if bytes(argument).startswith(_SEALED):
        wire.decode(wire.Sealed, bytes(argument))
    else:
        wire.decode(wire.Report if is_report else wire.ChunkOrder, bytes(argument))
    return _rewritten(
        task.body,
        queue,
        {
            "lang": "py",
            "task": task.headers.task,
            "id": task.headers.id,
            "root_id": task.headers.id,
            "parent_id": None,
            "group": None,
            "retries": 0,
            "timelimit": [None, None],
            "eta": None,
            "expires": None,
            "argsrepr": (task.headers.argsrepr or "")[:_SHOWN],
            "kwargsrepr": "",
            "origin": task.headers.origin,
            "ignore_result": True,
        },
    )


def _admit_other(name: str, message: bytes) -> dict[str, Any]:
    _limit(message, MAX_OTHER_BYTES)
    other = _other.decode(message)
    text = _text(other.body, MAX_OTHER_BYTES)
    if name == REMOTE_CONTROL:
        _look_at(_command.decode(text))
    else:
        _anything.decode(text)  # refuses what is nested too deep
    headers: dict[str, Any] = {"clock": other.headers.clock or 0}
    if other.headers.ticket is not None:
        headers["ticket"] = other.headers.ticket
    return _rewritten(other.body, name, headers)


def _look_at(command: _Command) -> None:
    """Raise MessageRefused for a command that nobody here obeys, or not so."""
    given = command.arguments or {}
    if command.pattern is not None and command.method != CHECK_NODE:
        raise MessageRefused(f"{command.method} is not for all nodes at once.")
    if command.method in LOOKS:
        allowed = LOOKS[command.method]
        if not (given.keys() <= allowed) or any(len(value) > 200 for value in given.values()):
            raise MessageRefused(f"{command.method} has no such arguments.")
    elif command.method == CHECK_NODE:
        # What it says is checked by whoever obeys; it looks, and writes what it has seen.
        wire.decode(CheckupOrder, bytes(given.get("order", b"null")))
    elif command.method in COMMANDS:
        _look_at_own(command, given)
    else:
        raise MessageRefused(f"Nobody here obeys {command.method[:40]!r}.")


def _look_at_own(command: _Command, given: dict[str, msgspec.Raw]) -> None:
    if not command.destination or command.reply_to is not None:
        raise MessageRefused(f"{command.method} is for nodes by name, and is not answered.")
    if given.keys() == {"sealed"}:
        wire.decode(wire.Sealed, bytes(given["sealed"]))
    elif given.keys() == {"body"}:
        wire.decode(COMMANDS[command.method], bytes(given["body"]))
    else:
        raise MessageRefused(f"{command.method} has no such arguments.")
    if command.method not in obeyed() and any(map(_is_scheduler, command.destination)):
        raise MessageRefused(f"{command.method} is for nodes.")


def _is_scheduler(name: str) -> bool:
    return name.startswith("scheduler@")


def _limit(message: bytes, most: int) -> None:
    if len(message) > most:
        raise MessageRefused(f"It has {len(message)} bytes, and {most} are the most.")


def _text(body: str, most: int) -> bytes:
    try:
        text = b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise MessageRefused("Its body is not Base64.") from None
    _limit(text, most)
    return text


def _rewritten(body: str, queue: str, headers: dict[str, Any]) -> dict[str, Any]:
    """Return a message with nothing in it that was not looked at."""
    tag = str(uuid.uuid4())  # a forged one could be that of another's message
    return {
        "body": body,
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": headers,
        "properties": {
            "correlation_id": headers.get("id", ""),
            "reply_to": "",
            "delivery_mode": 2,
            "delivery_info": {"exchange": queue, "routing_key": queue},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": tag,
        },
    }
