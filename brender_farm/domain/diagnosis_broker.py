"""What the broker's figures mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from brender_farm.domain.diagnosis import Diagnosis, broken, size, warning, well

PART = "broker"
OLDEST_REDIS = (6, 2)
SLOW_S = 0.05
"""A round trip that takes longer is felt: each chunk takes a few of them."""
_FULL = 0.85
_PASSWORD = re.compile(r"NOAUTH|WRONGPASS|NOPERM|invalid password|username-password", re.IGNORECASE)
_CERTIFICATE = re.compile(r"certificate|SSL|TLS", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerFacts:
    """What the broker says of itself, and how it is reached."""

    address: str
    """Without its password."""
    trouble: str = ""
    """Why it does not answer; then nothing below is known."""
    is_embedded: bool = False
    """The farm's own; else BRENDER_BROKER_URL names it."""
    has_run: bool = True
    """Whether the embedded one was ever started."""
    is_local: bool = True
    """Whether it is reached without leaving this machine."""
    is_encrypted: bool = False
    has_password: bool = True
    """Whether we need one to come in."""
    is_open: bool = False
    """Whether it lets other machines in without a password."""
    kind: str = "Redis"
    version: str = ""
    trip_s: float = 0.0
    """How long a question and its answer take."""
    is_logged: bool = True
    """Whether each write is kept on disk (AOF)."""
    log_status: str = "ok"
    """How the last write of its log ended."""
    save_status: str = "ok"
    """How the last save of everything ended."""
    policy: str = "noeviction"
    memory_bytes: int = 0
    memory_limit_bytes: int = 0
    """0: none."""


def diagnose_broker(facts: BrokerFacts) -> list[Diagnosis]:
    """Return what is wrong with the broker, or that it is well."""
    if facts.trouble:
        return [_unreachable(facts)]
    return [*_doors(facts), *_memory(facts), *_disk(facts)] or [well(PART, _summary(facts))]


def _unreachable(facts: BrokerFacts) -> Diagnosis:
    if facts.is_embedded:
        found = facts.trouble if facts.has_run else "This farm's own broker has never run."
        remedy = "Start the farm on its machine: brender up (the broker alone: brender broker)."
    elif _PASSWORD.search(facts.trouble):
        found = f"{facts.address} refuses us: {facts.trouble}"
        remedy = "Correct user and password in BRENDER_BROKER_URL (redis://:PASSWORD@host:6379/0)."
    elif _CERTIFICATE.search(facts.trouble):
        found = f"{facts.address} is not trusted, or not encrypted: {facts.trouble}"
        remedy = (
            "Name the authority's certificate in BRENDER_BROKER_URL "
            "(rediss://…?ssl_ca_certs=/path/ca.pem), or correct the scheme: rediss:// is for TLS."
        )
    else:
        found = f"{facts.address} does not answer: {facts.trouble}"
        remedy = "Start Redis there, open its port to this machine, or correct BRENDER_BROKER_URL."
    return broken(PART, found, remedy)


def _doors(facts: BrokerFacts) -> Iterator[Diagnosis]:
    if facts.is_open or not (facts.is_local or facts.has_password):
        yield broken(
            PART,
            f"Anybody who reaches {facts.address} may steer the farm: it asks for no password.",
            "Set one: “requirepass …” in its configuration, and BRENDER_BROKER_URL="
            "redis://:PASSWORD@host:6379/0 for every process of the farm.",
        )
    if not facts.is_local and not facts.is_encrypted:
        yield warning(
            PART,
            f"{facts.address} is on another machine and not encrypted: who listens on the network "
            "reads its password.",
            "Turn on TLS there and set BRENDER_BROKER_URL=rediss://…, or use a network of its own.",
        )
    if facts.kind == "Redis" and _numbers(facts.version) < OLDEST_REDIS:
        yield broken(
            PART,
            f"It is Redis {facts.version}; the farm needs 6.2 or newer.",
            "Install a newer Redis, or Valkey.",
        )
    if facts.trip_s > SLOW_S:
        yield warning(
            PART,
            f"It takes {1000 * facts.trip_s:.0f} ms to answer.",
            "Move it nearer, or see what keeps its machine busy: redis-cli --latency, SLOWLOG GET.",
        )


def _memory(facts: BrokerFacts) -> Iterator[Diagnosis]:
    if facts.policy != "noeviction":
        yield warning(
            PART,
            f"When its memory is full it throws messages away ({facts.policy}).",
            "redis-cli CONFIG SET maxmemory-policy noeviction, and the same in its configuration.",
        )
    limit = facts.memory_limit_bytes
    if limit and facts.memory_bytes > _FULL * limit:
        yield broken(
            PART,
            f"It has used {size(facts.memory_bytes)} of the {size(limit)} it may.",
            "Raise “maxmemory” in its configuration: a full broker takes no messages.",
        )


def _disk(facts: BrokerFacts) -> Iterator[Diagnosis]:
    if not facts.is_logged:
        yield warning(
            PART,
            "It keeps nothing on disk (appendonly no): after a restart of it, frames that were on "
            "their way are rendered again.",
            "redis-cli CONFIG SET appendonly yes, and “appendonly yes” in its configuration.",
        )
    elif facts.log_status != "ok":
        yield broken(
            PART,
            f"It could not write its log to its disk ({facts.log_status}): it refuses all writes.",
            "Make room on its disk, or mend it; redis-cli CONFIG GET dir says where that is.",
        )
    if facts.save_status != "ok":
        yield warning(
            PART,
            f"It could not save to its disk the last time it tried ({facts.save_status}).",
            "Make room on its disk, and see its log; redis-cli CONFIG GET dir says where that is.",
        )


def _summary(facts: BrokerFacts) -> str:
    way = "TLS, " if facts.is_encrypted else ""
    limit = f" of {size(facts.memory_limit_bytes)}" if facts.memory_limit_bytes else ""
    return (
        f"{facts.kind} {facts.version} at {facts.address}: {way}{1000 * facts.trip_s:.1f} ms, "
        f"{size(facts.memory_bytes)}{limit}, each write on disk"
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
