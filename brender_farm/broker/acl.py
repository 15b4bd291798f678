"""The users of nodes at the broker: each may do what its node does, and nothing else.

A node takes from its own queue, hears what is said to all, adds reports to the farm's queue, posts
its own heartbeat and log, and reads which chunks are live. It can neither read other reports nor
take, change or delete anything of the farm or of another node, nor run scripts of its own.

Redis before 7.0 cannot say which commands are for which keys: there a node's user may also remove
what it may only add to elsewhere (see docs/security.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from redis import ResponseError

from brender_farm.broker.board import BEAT, CHECKUPS, CLAIMS, ENDING, LIVE, RACES, RESTARTS
from brender_farm.broker.door import ANSWERS, REMOTE_CONTROL
from brender_farm.broker.log_stream import SOURCES, STREAM, WARNINGS
from brender_farm.broker.queues import FARM_QUEUE, node_queue

if TYPE_CHECKING:
    from redis import Redis

USER = "node-"
"""What the names of nodes' users begin with."""
_STEP = "\x06\x16"
"""Between a queue's name and a priority, in the names of kombu's lists."""
_CONNECTION = (
    *("ping", "auth", "hello", "select", "echo", "quit", "reset", "time"),
    *("client|setname", "client|id", "multi", "exec", "discard"),
)
_OWN = ("brpop", "rpop", "llen", "exists", "del", "pexpire", "set", "xadd", "expire", "evalsha")
_HEAR = ("psubscribe", "punsubscribe", "subscribe", "unsubscribe")
_READ = ("smismember", "sismember", "hget")


def user_name(node: str) -> str:
    """Return the name of a node's user at the broker."""
    return f"{USER}{node}"


def node_rules(node: str, password: str, *, database: int = 0, selectors: bool = True) -> list[str]:
    """Return what `ACL SETUSER` is told of a node's user; `selectors`: Redis 7 or Valkey."""
    queue, inbox = node_queue(node), f"node@{node}.{REMOTE_CONTROL}"
    heard, told = f"&/{database}.{REMOTE_CONTROL}", f"&/{database}.celeryev*"
    own = (
        queue,
        f"{queue}{_STEP}*",
        inbox,
        f"{inbox}{_STEP}*",
        BEAT + node,
        f"{STREAM}node.{node}",
    )
    parts = (
        _Part(("lpush", "llen"), write=(FARM_QUEUE, f"{FARM_QUEUE}{_STEP}*")),
        _Part(("lpush",), write=(f"*.{ANSWERS}",)),
        _Part(_READ, read=(LIVE, ENDING, RESTARTS, RACES)),
        _Part(("hget", "hsetnx"), read=(f"{CLAIMS}*",), write=(f"{CLAIMS}*",)),
        _Part(("rpush", "expire"), write=(f"{CHECKUPS}*",)),
        _Part(("xadd", "expire"), write=(STREAM + WARNINGS,)),
        _Part(("zadd", "zremrangebyscore"), write=(SOURCES,)),
        _Part(_HEAR, channels=(heard,)),
        _Part(("publish",), channels=(told,)),
    )
    head = ["reset", "on", f"#{hashlib.sha256(password.encode()).hexdigest()}", "resetchannels"]
    mine = [*_allow((*_CONNECTION, *_OWN)), *(f"~{key}" for key in own)]
    if selectors:
        return [*head, *mine, *(part.as_selector() for part in parts)]
    return [*head, *mine, *dict.fromkeys(rule for part in parts for rule in part.flat())]


class _Part:
    """Commands that are allowed on some keys or channels only."""

    def __init__(
        self,
        commands: Iterable[str],
        *,
        read: Iterable[str] = (),
        write: Iterable[str] = (),
        channels: Iterable[str] = (),
    ) -> None:
        self._commands = tuple(commands)
        self._read, self._write, self._channels = tuple(read), tuple(write), tuple(channels)

    def as_selector(self) -> str:
        both = [key for key in self._read if key in self._write]
        keys = [f"~{key}" for key in both]
        keys += [f"%R~{key}" for key in self._read if key not in both]
        keys += [f"%W~{key}" for key in self._write if key not in both]
        return f"({' '.join((*_allow(self._commands), *keys, *self._channels))})"

    def flat(self) -> list[str]:
        keys = dict.fromkeys((*self._read, *self._write))
        return [*_allow(self._commands), *(f"~{key}" for key in keys), *self._channels]


def _allow(commands: Iterable[str]) -> list[str]:
    return [f"+{command}" for command in commands]


def database_of(url: str) -> int:
    """Return which of the broker's databases an address means; channels are named by it."""
    text = urlsplit(url).path.strip("/")
    return int(text) if text.isdecimal() else 0


def users_of_nodes(client: Redis) -> frozenset[str]:
    """Return the nodes that have a user at the broker. Raises redis.RedisError."""
    names = (_text(name) for name in client.acl_users())
    return frozenset(name.removeprefix(USER) for name in names if name.startswith(USER))


def put_user(client: Redis, node: str, password: str, *, database: int) -> None:
    """Make a node's user, or make it anew. Raises redis.RedisError."""
    try:
        _set_user(client, node, node_rules(node, password, database=database))
    except ResponseError as error:
        if "modifier" not in str(error):
            raise
        rules = node_rules(node, password, database=database, selectors=False)
        _set_user(client, node, rules)


def remove_user(client: Redis, node: str) -> None:
    """Take a node's user away; the broker ends its connections. Raises redis.RedisError."""
    _ask(client, "ACL DELUSER", user_name(node))


def _set_user(client: Redis, node: str, rules: Iterable[str]) -> Any:
    return _ask(client, "ACL SETUSER", user_name(node), *rules)


def _ask(client: Redis, *words: str) -> Any:
    return client.execute_command(*words)  # type: ignore[no-untyped-call]


def _text(name: bytes | str) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name
