"""What is wrong with the farm as a whole, in plain words, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from brender_farm.config import Settings
from brender_farm.service.shapes.farm import FarmGlance

if TYPE_CHECKING:
    from brender_farm.service.shapes import condition as shapes


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is wrong, what to do, and whether rendering stands still because of it."""

    part: str
    """broker, database, scheduler, nodes, disks, flower."""
    message: str
    remedy: str
    severe: bool = True


_FULL_SHARE = 0.95
_MEMORY_SHARE = 0.85
_DATABASE_ROOM_BYTES = 10**9
_LONG_PASS_S = 2.0
_MANY_REPORTS = 500
_CLOCK_OFF_S = 30.0
_TOLD_REFUSALS = 3
_OLDEST_REDIS = (6, 2)


def silent_scheduler() -> Trouble:
    return Trouble(
        part="scheduler",
        message="The scheduler is silent: nothing new starts, and results are not recorded.",
        remedy="See what its process says, or start it again with “brender up”. "
        "Frames that are rendering go on, and no result is lost.",
    )


def unreachable_broker(why: str) -> Trouble:
    return Trouble(
        part="broker",
        message=f"The scheduler cannot reach the broker: {why.rstrip('.')}.",
        remedy="Start Redis again or check BRENDER_BROKER_URL. Work goes on by itself afterwards.",
    )


def missing_nodes(total: int, online: int, settings: Settings) -> Trouble | None:
    """Return what is wrong when nobody is there to render."""
    if total == 0:
        roots = " and ".join(str(root) for root in settings.roots)
        return Trouble(
            part="nodes",
            message="No node has joined this farm yet, so nothing renders.",
            remedy=f"Start one with “brender worker” here, or on a machine that sees {roots}.",
            severe=False,
        )
    if online == 0:
        return Trouble(
            part="nodes",
            message=f"No node is online (of {total}), so nothing renders.",
            remedy="Start “brender worker” on one of them; "
            "the nodes page says when each was last seen.",
        )
    return None


def glance_trouble(glance: FarmGlance, settings: Settings) -> Trouble | None:
    """Return the most important thing that can be told at a glance, or None."""
    if glance.scheduler_silent:
        return silent_scheduler()
    if glance.broker_trouble:
        return unreachable_broker(glance.broker_trouble)
    return missing_nodes(glance.nodes_total, glance.nodes_online, settings)


def database_troubles(database: shapes.DatabaseCondition | None) -> Iterator[Trouble]:
    """Yield what is wrong with the database."""
    if database is None or database.trouble:
        why = f": {database.trouble.rstrip('.')}" if database else " in time"
        yield Trouble(
            part="database",
            message=f"The database does not answer{why}.",
            remedy="See that its server runs, or that its disk answers (BRENDER_DATABASE_URL, "
            "BRENDER_DATA_DIR).",
        )
    elif database.free_bytes is not None and database.free_bytes < _DATABASE_ROOM_BYTES:
        yield Trouble(
            part="database",
            message=f"The database's disk has only {database.free_bytes / 1e6:.0f} MB left.",
            remedy="Make room there: when it is full, nothing can be recorded any more.",
        )


def broker_troubles(broker: shapes.BrokerCondition | None) -> Iterator[Trouble]:
    """Yield what is wrong with the broker."""
    if broker is None or broker.trouble:
        why = f": {broker.trouble.rstrip('.')}" if broker else " in time"
        yield Trouble(
            part="broker",
            message=f"The broker does not answer{why}.",
            remedy="Start Redis again or check BRENDER_BROKER_URL. Work goes on by itself "
            "afterwards.",
        )
        return
    if not broker.is_persistent:
        yield Trouble(
            part="broker",
            message="The broker keeps nothing on disk.",
            remedy="Set “appendonly yes” in its configuration: else each restart of it has frames "
            "rendered again that were on their way.",
            severe=False,
        )
    if broker.policy and broker.policy != "noeviction":
        yield Trouble(
            part="broker",
            message="The broker may throw messages away when its memory is full "
            f"({broker.policy}).",
            remedy="Set “maxmemory-policy noeviction” in its configuration.",
            severe=False,
        )
    limit = broker.memory_limit_bytes
    if limit and broker.memory_bytes > _MEMORY_SHARE * limit:
        yield Trouble(
            part="broker",
            message=f"The broker has used {100 * broker.memory_bytes / limit:.0f} % of its memory.",
            remedy="Raise its “maxmemory”: a full broker takes no messages.",
        )
    if broker.kind == "Redis" and _numbers(broker.version) < _OLDEST_REDIS:
        yield Trouble(
            part="broker",
            message=f"The broker is Redis {broker.version}, which is too old.",
            remedy="Use Redis 6.2 or newer, or Valkey.",
        )


def scheduler_troubles(
    scheduler: shapes.SchedulerCondition | None, broker: shapes.BrokerCondition | None
) -> Iterator[Trouble]:
    """Yield what is wrong with the scheduler."""
    if scheduler is None:
        return  # the database, which knows of it, does not answer
    if scheduler.is_silent:
        yield silent_scheduler()
    elif scheduler.broker_trouble and not (broker is None or broker.trouble):
        yield unreachable_broker(scheduler.broker_trouble)
    if (scheduler.pass_s or 0.0) > _LONG_PASS_S:
        yield Trouble(
            part="scheduler",
            message=f"The scheduler takes {scheduler.pass_s:.1f} s for each of its passes.",
            remedy="Give its machine more of a processor, or use PostgreSQL on a machine of its "
            "own: slots wait for work meanwhile.",
            severe=False,
        )
    for refusal in scheduler.refusals[:_TOLD_REFUSALS]:
        yield Trouble(
            part="broker",
            message=f"Messages were refused ({refusal.who}, {refusal.count} in 10 minutes).",
            remedy=refusal.why,
            severe=False,
        )
    if broker is not None and broker.reports_waiting > _MANY_REPORTS:
        yield Trouble(
            part="scheduler",
            message=f"{broker.reports_waiting} reports wait for the scheduler.",
            remedy="If the number grows, it cannot keep up: see its log. Nothing is lost.",
            severe=False,
        )


def nodes_troubles(
    nodes: shapes.NodesCondition | None, version: str, settings: Settings
) -> Iterator[Trouble]:
    """Yield what is wrong with the nodes; `version` is the farm's own."""
    if nodes is None:
        return
    missing = missing_nodes(nodes.total, nodes.online, settings)
    if missing is not None:
        yield missing
    others = [each for each in nodes.versions if each.version != version]
    if others:
        count = sum(each.count for each in others)
        told = "; ".join(
            f"{_named(each.nodes, each.count)} ({each.version})" for each in others[:3]
        )
        yield Trouble(
            part="nodes",
            message=f"{count} of {nodes.online} nodes run another Brender than {version}: {told}.",
            remedy="Install the same one everywhere and start those nodes again.",
            severe=False,
        )
    off = [clock for clock in nodes.clocks if abs(clock.ahead_s) > _CLOCK_OFF_S]
    if off:
        told = ", ".join(f"{clock.node} by {_seconds(clock.ahead_s)}" for clock in off[:3])
        yield Trouble(
            part="nodes",
            message=f"The clocks of {len(off)} nodes differ from the broker's: {told}.",
            remedy="Have their machines keep time (NTP): their files and logs carry wrong times.",
            severe=False,
        )


def disks_troubles(disks: shapes.DisksCondition | None) -> Iterator[Trouble]:
    """Yield what is wrong with the storage."""
    if disks is None:
        yield Trouble(
            part="disks",
            message="The storage under BRENDER_ROOTS does not answer.",
            remedy="See whether its server runs and is mounted on this machine.",
        )
        return
    for root in disks.missing:
        yield Trouble(
            part="disks",
            message=f"{root} is not there.",
            remedy="Mount it, or take it out of BRENDER_ROOTS.",
        )
    for room in disks.rooms:
        if room.used_share > _FULL_SHARE:
            yield Trouble(
                part="disks",
                message=f"The disk of {room.root} is nearly full: {room.free_bytes / 1e9:.1f} GB "
                "left.",
                remedy="Make room: frames that cannot be written go back and wait.",
                severe=False,
            )


def flower_troubles(flower: shapes.FlowerCondition | None) -> Iterator[Trouble]:
    """Yield what is wrong with Flower, which nothing depends on."""
    if flower is None or not flower.answers:
        yield Trouble(
            part="flower",
            message="Flower does not answer.",
            remedy="Rendering does not need it. Start it with “brender flower”.",
            severe=False,
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())


def _named(names: tuple[str, ...], count: int) -> str:
    more = count - len(names)
    return f"{', '.join(names)}{f' and {more} more' if more > 0 else ''}"


def _seconds(ahead_s: float) -> str:
    return f"{abs(ahead_s):.0f} s ({'ahead' if ahead_s > 0 else 'behind'})"
