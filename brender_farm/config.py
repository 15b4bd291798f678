"""The farm's settings: read once from the environment, every wrong value explained.

This module is the only reader of `os.environ`. Each setting is documented in `.env.example`.
"""

from __future__ import annotations

import os
import re
import shlex
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args
from urllib.parse import urlsplit

from brender_farm.errors import ConfigError

_T = TypeVar("_T")

NODE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}\Z")
_TAG = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}\Z")
_WEB_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?\Z")
_BROKER_SCHEMES = ("redis://", "rediss://", "redis+socket://", "unix://")
_DATABASE_SCHEMES = ("sqlite:", "postgresql:", "postgresql+psycopg:")
AuditKind = Literal["full", "quick", "off"]
AutoRun = Literal["show", "never"]
NewcomerRole = Literal["viewer", "artist", "wrangler", "none"]
_SHOWN_CHARS = 300
PREFIX = "BRENDER_"
"""What the name of every setting begins with."""
SECRETS = frozenset({"BRENDER_NODE_KEY"})
"""Settings whose values are told to nobody."""
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what stands for all of a machine's addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a farm process needs to know about where it runs."""

    data_dir: Path
    """Folder of the farm's own files: database, broker, thumbnails, node state."""
    broker_url: str | None
    """Address of an existing Redis or Valkey; None starts the embedded one."""
    broker_bind: str
    """Where the embedded broker listens: an address of this machine, or 0.0.0.0 for all."""
    broker_port: int | None
    """None: a free one, chosen once."""
    broker_tls_cert: Path | None
    """Certificate chain of the embedded broker; None: no TLS."""
    broker_tls_key: Path | None
    database_url: str
    host: str
    port: int
    proxies: tuple[IPv4Network | IPv6Network, ...]
    """Whose word on who asks, over TLS or not, counts: the proxies in front of the dashboard."""
    flower_port: int
    public_url: str | None
    """The dashboard's address as people open it; None: as `host` and `port` give it."""
    oidc_issuer: str | None
    """The OpenID provider that vouches for people, as it calls itself; None: there is none."""
    oidc_client_id: str | None
    oidc_client_secret: str | None = field(repr=False)
    oidc_role: NewcomerRole
    """What people are whom the provider sends for the first time; none: they are not let in."""
    node_name: str
    node_key: str | None = field(repr=False)
    """What this node's messages are sealed with; None: they are not."""
    slots: int
    """How many chunks this node renders at a time."""
    blender: str | None
    """Path of an installed Blender, `bpy`, or None: whichever is found."""
    roots: tuple[Path, ...]
    """Folders that .blend files and outputs may be in, links resolved."""
    stall_s: float
    """Seconds without output and processor time after which a render counts as hung."""
    grace_s: float
    """Seconds that a stopping node lets its frames finish."""
    memory_floor_pct: float
    """Share of the machine's memory that renders must leave available."""
    tags: tuple[str, ...]
    """What this machine is good for: shots may ask for tags, or keep away from them."""
    pool: str
    """The pool this machine is kept for; empty: it renders what asks for no pool."""
    pictures_mb: float
    """MB on disk that the dashboard's kept pictures may take."""
    warm: bool
    """Whether a node starts Blender before there is work."""
    auto_run: AutoRun
    """Whether .blend files may run their own scripts on this node: as their show says, or never."""
    audit: AuditKind
    """How the scheduler compares a finished shot's files with what is recorded."""

    @property
    def url(self) -> str:
        """Address of the dashboard as people open it."""
        return self.public_url or self.local_url

    @property
    def local_url(self) -> str:
        """Address of the dashboard as a browser on this machine writes it."""
        host = "localhost" if self.host in (*LOOPBACK_HOSTS, *_EVERYWHERE) else self.host
        return f"http://{host}:{self.port}"

    @property
    def flower_url(self) -> str:
        """Address of Flower as the dashboard shows it."""
        return f"{self.url}/flower/"

    @property
    def node_dir(self) -> Path:
        """Where the node of this machine keeps reports that were not delivered yet."""
        return self.data_dir / "nodes" / self.node_name

    @property
    def broker_dir(self) -> Path:
        return self.data_dir / "broker"

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "logs"


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `env` (the process environment by default).

    Raises ConfigError naming the variable, its value, and what it may be.
    """
    read = _Reader(os.environ if env is None else env)
    data_dir = read("BRENDER_DATA_DIR", _folder, "~/.brender")
    return Settings(
        data_dir=data_dir,
        broker_url=read.optional("BRENDER_BROKER_URL", _broker_url),
        broker_bind=read("BRENDER_BROKER_BIND", _address, "127.0.0.1"),
        broker_port=read.optional("BRENDER_BROKER_PORT", _port),
        broker_tls_cert=read.optional("BRENDER_BROKER_TLS_CERT", _file),
        broker_tls_key=read.optional("BRENDER_BROKER_TLS_KEY", _file),
        database_url=read("BRENDER_DATABASE_URL", _database_url, f"sqlite:///{data_dir}/farm.db"),
        host=read("BRENDER_HOST", str, "127.0.0.1"),
        port=read("BRENDER_PORT", _port, "8888"),
        proxies=read("BRENDER_PROXIES", _networks, ""),
        flower_port=read("BRENDER_FLOWER_PORT", _port, "5555"),
        public_url=read.optional("BRENDER_PUBLIC_URL", _public_url),
        **_read_openid(read),
        node_name=read("BRENDER_NODE_NAME", _node_name, _default_node_name()),
        node_key=read.optional("BRENDER_NODE_KEY", _node_key),
        slots=read("BRENDER_SLOTS", _slots, "1"),
        blender=read.optional("BRENDER_BLENDER", str),
        roots=read("BRENDER_ROOTS", _roots, os.pathsep.join(("~", str(data_dir)))),
        stall_s=read("BRENDER_STALL_S", _seconds, "300"),
        grace_s=read("BRENDER_GRACE_S", _grace, "10"),
        memory_floor_pct=read("BRENDER_MEMORY_FLOOR_PCT", _share, "4"),
        tags=read("BRENDER_TAGS", read_tags, ""),
        pool=read("BRENDER_POOL", read_word, ""),
        pictures_mb=read("BRENDER_PICTURES_MB", _megabytes, "2000"),
        warm=read("BRENDER_WARM", _yes_no, "yes"),
        auto_run=read("BRENDER_AUTO_RUN", _auto_run, "show"),
        audit=read("BRENDER_AUDIT", _audit_kind, "full"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmAddress:
    """The farm that scripts and commands of this machine work with, where it is elsewhere."""

    url: str | None
    """Of its dashboard, without a slash at the end; None: the farm of this machine."""
    token: str | None = field(repr=False)
    """Which says to it who somebody is; None: there is none."""


def load_address(env: Mapping[str, str] | None = None) -> FarmAddress:
    """Read where the farm is from `env` (the process environment by default).

    Raises ConfigError naming the variable, its value, and what it may be.
    """
    read = _Reader(os.environ if env is None else env)
    return FarmAddress(
        url=read.optional("BRENDER_URL", read_farm_url), token=read.optional("BRENDER_TOKEN", str)
    )


def given_names(env: Mapping[str, str] | None = None) -> frozenset[str]:
    """Return the farm's variables that are set to something, those it does not know as well."""
    found = os.environ if env is None else env
    return frozenset(
        name for name, text in found.items() if name.startswith(PREFIX) and text.strip()
    )


def use_env_file(path: Path) -> None:
    """Have this process read its settings from a file with `NAME=value` lines, too.

    What stands there counts more than the environment. Raises ConfigError for other lines.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            words = ["?"]
        name, equals, value = (words[0] if words else "=").partition("=")
        if len(words) > 1 or not equals or (name and not name.startswith(PREFIX)):
            # Not with the line, which may hold a password.
            raise ConfigError(f"{path} has a line that is not {PREFIX}NAME=value. Correct it.")
        if name:
            os.environ[name] = value
    settings.cache_clear()


@cache
def settings() -> Settings:
    """Return this process's settings, read on first use."""
    return load_settings()


@dataclass(frozen=True, slots=True)
class _Reader:
    env: Mapping[str, str]

    def __call__(self, name: str, parse: Callable[[str], _T], default: str) -> _T:
        text = self.env.get(name, "").strip() or default
        try:
            return parse(text)
        except (ValueError, RuntimeError, OSError) as error:  # RuntimeError: ~somebody unknown
            shown = "not shown" if name in SECRETS else repr(text[:_SHOWN_CHARS])
            why = f"{error.strerror}." if isinstance(error, OSError) else error
            raise ConfigError(f"{name} is {shown}: {why} See .env.example.") from error

    def optional(self, name: str, parse: Callable[[str], _T]) -> _T | None:
        return self(name, parse, "-") if self.env.get(name, "").strip() else None


def _folder(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        path = Path.cwd() / path
    if path.exists() and not path.is_dir():
        raise ValueError("this is not a folder. Give the path of a folder.")
    return path.resolve()


def _file(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute() or not path.is_file():
        raise ValueError("there is no such file. Give the absolute path of a file in PEM form.")
    return path


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError(
            "give an address of this machine such as 10.1.0.5, or 0.0.0.0 for all of them."
        ) from None


def _roots(text: str) -> tuple[Path, ...]:
    parts = [Path(part).expanduser() for part in text.split(os.pathsep) if part.strip()]
    for part in parts:
        if not part.is_absolute():
            raise ValueError(
                f"{str(part)!r} is not an absolute path. "
                f"List absolute folders, with {os.pathsep!r} between them."
            )
    if not parts:
        raise ValueError("it names no folder. List at least one.")
    return tuple(dict.fromkeys(part.resolve() for part in parts))


def _read_openid(read: _Reader) -> dict[str, Any]:
    """Read the provider's settings. Raises ConfigError when one of them is without another."""
    issuer = read.optional("BRENDER_OIDC_ISSUER", _issuer)
    client_id = read.optional("BRENDER_OIDC_CLIENT_ID", str)
    if (issuer is None) != (client_id is None):
        raise ConfigError(
            "BRENDER_OIDC_ISSUER and BRENDER_OIDC_CLIENT_ID belong together: set both, or none. "
            "See .env.example."
        )
    return {
        "oidc_issuer": issuer,
        "oidc_client_id": client_id,
        "oidc_client_secret": read.optional("BRENDER_OIDC_CLIENT_SECRET", str),
        "oidc_role": read("BRENDER_OIDC_ROLE", _newcomer_role, "viewer"),
    }


def _issuer(text: str) -> str:
    parts = urlsplit(text)
    is_safe = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS
    )
    if not is_safe or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("an issuer's address begins with https:// (http:// on loopback only).")
    return text


def _newcomer_role(text: str) -> NewcomerRole:
    for role in get_args(NewcomerRole):
        if text.lower() == role:
            return role  # type: ignore[no-any-return]
    raise ValueError("choose viewer, artist, wrangler or none; an admin is made by an admin.")


def read_farm_url(text: str) -> str:
    """Read the address of a dashboard. Raises ValueError."""
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", text):
        raise ValueError("a farm's address looks like https://farm.studio.com.")
    return text.rstrip("/")


def _broker_url(text: str) -> str:
    if not text.startswith(_BROKER_SCHEMES):
        raise ValueError("a broker's address looks like redis://:password@host:6379/0.")
    return text


def _database_url(text: str) -> str:
    if not text.startswith(_DATABASE_SCHEMES):
        raise ValueError(
            "a database's address looks like postgresql://user:password@host/name "
            "or sqlite:////path/to/farm.db."
        )
    return re.sub(r"\Apostgresql:", "postgresql+psycopg:", text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError("a port is a number from 1 to 65535.")
    return int(text)


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    bare = f"{parts.scheme}://{parts.netloc}"
    is_web = parts.scheme in ("http", "https") and _WEB_HOST.match(parts.netloc)
    if not is_web or text.rstrip("/").lower() != bare.lower() or parts.port == 0:
        raise ValueError(
            "give the address that people open, without a path: https://farm.studio.com "
            "or http://farm:8888."
        )
    return bare.lower()


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError(
            "name addresses or networks such as 127.0.0.1, 10.1.0.0/24, with commas between."
        ) from None


def _slots(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise ValueError("give the number of chunks rendered at a time, from 1 to 64.")
    return int(text)


def _node_name(text: str) -> str:
    if not NODE_NAME.match(text):
        raise ValueError("use 1 to 63 letters, digits, - and _, beginning with a letter or digit.")
    return text


def _node_key(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        # Not with the text: whatever it is, it was meant as a secret.
        raise ValueError("a node's key is 64 digits, 0-9 and a-f, as “brender node-token” shows.")
    return text


def _default_node_name() -> str:
    name = re.sub(r"[^A-Za-z0-9_-]", "-", socket.gethostname().split(".")[0])[:63].strip("-_")
    return name or "node"


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 86_400:
        raise ValueError("give a number of seconds from 1 to 86400.")
    return seconds


def _grace(text: str) -> float:
    return _number(text, 86_400, "give a number of seconds from 0 to 86400.")


def _share(text: str) -> float:
    return _number(text, 90, "give a percentage from 0 to 90.")


def _megabytes(text: str) -> float:
    return _number(text, 100_000_000, "give a number of MB, 0 or more.")


def _number(text: str, most: float, advice: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ValueError(advice) from None
    if not 0 <= number <= most:  # NaN as well
        raise ValueError(advice)
    return number


def read_word(text: str) -> str:
    """Read one name, or nothing, that is written as a tag is. Raises ValueError."""
    words = read_tags(text)
    if len(words) > 1:
        raise ValueError("give one name only.")
    return words[0] if words else ""


def read_tags(text: str) -> tuple[str, ...]:
    """Read tags with commas between them. Raises ValueError."""
    tags = tuple(dict.fromkeys(tag.strip().lower() for tag in text.split(",") if tag.strip()))
    for tag in tags:
        if not _TAG.match(tag):
            raise ValueError(
                f"{tag!r} is no tag: use 1 to 40 letters, digits, '.', '-' and '_', "
                "with commas between tags."
            )
    return tags


def _yes_no(text: str) -> bool:
    answers = {"yes": True, "true": True, "1": True, "on": True}
    answers |= {"no": False, "false": False, "0": False, "off": False}
    if text.lower() not in answers:
        raise ValueError("answer yes or no.")
    return answers[text.lower()]


def _auto_run(text: str) -> AutoRun:
    for choice in get_args(AutoRun):
        if text.lower() == choice:
            return choice  # type: ignore[no-any-return]
    raise ValueError("choose show (as the shot's show says) or never.")


def _audit_kind(text: str) -> AuditKind:
    for kind in get_args(AuditKind):
        if text.lower() == kind:
            return kind  # type: ignore[no-any-return]
    raise ValueError("choose full (every byte), quick (existence and size) or off.")
