"""What was found of the settings, the scheduler, the web servers, the versions and the clocks."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from brender_farm.domain.diagnosis import Diagnosis, broken, listed, warning, well

LONG_PASS_S = 2.0
CLOCK_WARNS_S, CLOCK_BREAKS_S = 2.0, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFacts:
    """How the settings were read."""

    count: int
    given_count: int
    data_dir: str
    strange: tuple[str, ...] = ()
    """Variables that begin like ours and are none."""
    known: tuple[str, ...] = ()
    open_files: tuple[str, ...] = ()
    """Files with passwords in them that every account of the machine may read."""


def diagnose_settings(facts: SettingsFacts) -> list[Diagnosis]:
    """Return what is wrong with the settings, or that they are well."""
    return [*_settings_faults(facts)] or [
        well(
            "configuration",
            f"{facts.count} settings read, {facts.given_count} of them set; "
            f"the farm's own files are in {facts.data_dir}",
        )
    ]


def wrong_setting(message: str) -> Diagnosis:
    """Return the diagnosis of a setting that cannot be used at all."""
    found, _, advice = message.partition(": ")
    return broken(
        "configuration",
        f"{found}." if advice else message,
        advice or "Correct it where the farm's processes are started.",
    )


def _settings_faults(facts: SettingsFacts) -> Iterator[Diagnosis]:
    for name in facts.strange:
        near = difflib.get_close_matches(name, facts.known, n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        yield warning(
            "configuration",
            f"{name} is set, and Brender has no such setting.",
            f"{meant}.env.example lists them all.",
        )
    for path in facts.open_files:
        yield warning(
            "configuration",
            f"{path} may hold passwords, and every account of this machine may read it.",
            f"chmod 600 {path}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerFacts:
    """The scheduler, by the database and by its own word."""

    seen_ago_s: float | None = None
    """How long ago its last pass ended; None: there was none."""
    is_silent: bool = True
    broker_trouble: str = ""
    """Why it cannot reach the broker."""
    pass_s: float | None = None
    """How long its passes take; None: it has not said."""
    longest_s: float | None = None
    count: int | None = None
    """How many answered; None: nobody could ask."""
    hostname: str = ""


def diagnose_scheduler(facts: SchedulerFacts) -> list[Diagnosis]:
    """Return what is wrong with the scheduler, or that it is well."""
    if facts.is_silent:
        return [_silent(facts)]
    return [*_scheduler_faults(facts)] or [well("scheduler", _scheduler_summary(facts))]


def _silent(facts: SchedulerFacts) -> Diagnosis:
    when = (
        "has never made a pass"
        if facts.seen_ago_s is None
        else f"made its last pass {_ago(facts.seen_ago_s)} ago"
    )
    if facts.count:
        return broken(
            "scheduler",
            f"It answers, but {when}: something holds it up.",
            "See what it says (brender logs scheduler), and start it again.",
        )
    return broken(
        "scheduler",
        f"It does not run: it {when}. Nothing new starts; no result is lost.",
        "Start the farm (brender up), or the scheduler alone: brender scheduler.",
    )


def _scheduler_faults(facts: SchedulerFacts) -> Iterator[Diagnosis]:
    if facts.broker_trouble:
        yield broken(
            "scheduler",
            f"It cannot reach the broker: {facts.broker_trouble}",
            "Give it the BRENDER_BROKER_URL that works here, and start it again.",
        )
    if facts.count is not None and facts.count > 1:
        yield warning(
            "scheduler",
            f"{facts.count} schedulers run. One is enough; they wait for each other.",
            "End all but one: each is a process “brender scheduler”, perhaps on another machine.",
        )
    if facts.count == 0 and not facts.broker_trouble:
        yield warning(
            "scheduler",
            f"It made its last pass {_ago(facts.seen_ago_s or 0.0)} ago, but does not answer.",
            "See what it says (brender logs scheduler): it may be stopping or busy.",
        )
    if (facts.pass_s or 0.0) > LONG_PASS_S:
        yield warning(
            "scheduler",
            f"Each of its passes takes {facts.pass_s:.1f} s.",
            "Give its machine more of a processor, or use PostgreSQL on a machine of its own.",
        )


def _scheduler_summary(facts: SchedulerFacts) -> str:
    where = f" on {facts.hostname}" if facts.hostname else ""
    took = (
        f"; a pass takes {1000 * facts.pass_s:.0f} ms (longest "
        f"{1000 * (facts.longest_s or facts.pass_s):.0f} ms)"
        if facts.pass_s is not None
        else ""
    )
    who = f"One runs{where}; its" if facts.count else "Its"
    return f"{who} last pass was {_ago(facts.seen_ago_s or 0.0)} ago{took}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebFacts:
    """What a web server of the farm answers."""

    address: str
    status: int | None = None
    """Of its answer; None: there was none."""
    trouble: str = ""
    """Why there was none."""
    seconds: float = 0.0


def diagnose_dashboard(facts: WebFacts) -> Diagnosis:
    if facts.status is None:
        return broken(
            "dashboard",
            f"{facts.address} does not answer: {facts.trouble}",
            "Start the farm (brender up), or the dashboard alone: brender web. Elsewhere than "
            "here: set BRENDER_HOST and BRENDER_PORT as it has them.",
        )
    if facts.status != 200:
        return broken(
            "dashboard",
            f"{facts.address} answers with the status {facts.status}.",
            "See what it says: brender logs dashboard. Another program may have its port: "
            "set BRENDER_PORT.",
        )
    return well("dashboard", f"{facts.address} answers in {1000 * facts.seconds:.0f} ms")


def diagnose_flower(facts: WebFacts) -> Diagnosis:
    if facts.status != 200:
        why = facts.trouble or f"status {facts.status}"
        return warning(
            "flower",
            f"{facts.address} does not answer: {why}",
            "Rendering does not need it. Start it: brender flower.",
        )
    return well("flower", f"{facts.address} answers in {1000 * facts.seconds:.0f} ms")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """Which Brender and Python a part runs."""

    name: str
    brender: str
    python: str = ""


def diagnose_versions(own: VersionFacts, others: Sequence[VersionFacts]) -> list[Diagnosis]:
    """Compare what every part runs with what runs here."""
    strange = [each for each in others if each.brender and each.brender != own.brender]
    if strange:
        return [
            warning(
                "versions",
                f"Brender {version} instead of {own.brender}",
                f"Install Brender {own.brender} there and start it again.",
                subject=listed(names),
            )
            for version, names in _by(strange, lambda each: each.brender).items()
        ]
    told = [own, *(each for each in others if each.python)]
    pythons = _by(told, lambda each: each.python)
    if len(pythons) == 1:
        return [well("versions", f"Brender {own.brender} and Python {own.python} everywhere")]
    words = "; ".join(f"Python {python}: {listed(names)}" for python, names in pythons.items())
    return [well("versions", f"Brender {own.brender} everywhere. {words}")]


def diagnose_clocks(ahead_s: Mapping[str, float]) -> list[Diagnosis]:
    """Judge clocks by how far each is ahead of this machine's, in seconds."""
    off = {name: seconds for name, seconds in ahead_s.items() if abs(seconds) > CLOCK_WARNS_S}
    if not ahead_s:
        return []  # what is said of the broker says why
    if not off:
        most = max(map(abs, ahead_s.values()))
        return [well("clocks", f"{listed(list(ahead_s))}: within {max(most, 0.1):.1f} s of here")]
    return [
        (broken if abs(seconds) > CLOCK_BREAKS_S else warning)(
            "clocks",
            f"Its clock is {_ago(abs(seconds))} {'ahead of' if seconds > 0 else 'behind'} this "
            "machine's: times in pages, logs and files are wrong.",
            "Have both machines keep time: timedatectl set-ntp true (or chrony, w32tm).",
            subject=name,
        )
        for name, seconds in sorted(off.items(), key=lambda pair: -abs(pair[1]))
    ]


def _by(facts: Iterable[VersionFacts], key: Callable[[VersionFacts], str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in facts:
        found.setdefault(key(each), []).append(each.name)
    return found


def _ago(seconds: float) -> str:
    """Write a time span roughly."""
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.1f} s"
