"""What the farm's processes say, and what Blender says about a chunk, in one form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from brender_farm.broker.log_stream import WARNINGS, LogLine, LogStreams
from brender_farm.db.core import reading
from brender_farm.db.reads.logs import newest_chunks
from brender_farm.service.chunk_lines import chunk_lines, chunk_source, chunk_tag, is_chunk
from brender_farm.service.log_link import log_link

LEVELS = ("INFO", "WARNING", "ERROR")
"""What to show: everything, what tells of trouble, failures only."""
_RANK = {"DEBUG": 0, "INFO": 1, "WARNING": 2, "ERROR": 3, "CRITICAL": 4}
_KEPT_COUNT = 2500
"""More than any stream keeps."""
_CHUNKS_OFFERED = 20
_NOWHERE = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which lines of which process."""

    source: str = WARNINGS
    """`scheduler`, `dashboard`, `node.<name>`, `chunk.<id>`; `warnings`: trouble of them all."""
    level: str = "INFO"
    """At least so bad."""
    search: str = ""
    """In the sentence and the fields, in any case of letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Lines that match, oldest first."""

    lines: tuple[LogLine, ...]
    total: int
    """How many match of those that are kept."""
    trouble: str
    """Why the broker does not answer, so that there may be more; empty when it does."""
    tag: str
    """Changes when there is something new."""
    last_id: str
    """Of the last line that was read, whether it matches or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSource:
    """A process that said something in the last days, or a chunk with a log."""

    name: str
    words: str
    last_at: datetime | None


def list_logs(wanted: LogFilter, *, limit: int = 300) -> LogPage:
    """Return the last lines that match. Raises NotFound for a chunk that is not there."""
    lines: list[LogLine] = []
    trouble = ""
    if is_chunk(wanted.source):
        tag, lines = chunk_tag(wanted.source), chunk_lines(wanted.source)
    else:
        lines, trouble = log_link().ask(lambda kept: kept.last(wanted.source, _KEPT_COUNT), lines)
        tag = _NOWHERE if trouble else lines[-1].id if lines else "0-0"
    found = [line for line in lines if matches(line, wanted)]
    return LogPage(
        lines=tuple(found[-limit:]),
        total=len(found),
        trouble=trouble,
        tag=tag,
        last_id=lines[-1].id if lines else "0",
    )


def lines_after(wanted: LogFilter, line_id: str) -> tuple[list[LogLine], str]:
    """Return what came after this line, whether it matches or not, and the broker's trouble."""
    if is_chunk(wanted.source):
        lines = chunk_lines(wanted.source)
        return [line for line in lines if int(line.id) > int(line_id)], ""
    nothing: list[LogLine] = []
    return log_link().ask(lambda kept: kept.after(wanted.source, line_id, _KEPT_COUNT), nothing)


def logs_tag(source: str) -> str:
    """Return a tag that changes when a source says something. Raises NotFound."""
    if is_chunk(source):
        return chunk_tag(source)
    return log_link().ask(lambda kept: kept.newest(source), _NOWHERE)[0]


def log_sources() -> tuple[LogSource, ...]:
    """Return the processes that can be asked for, nodes last; and the newest chunks."""
    found: dict[str, datetime] = {}
    found, _ = log_link().ask(LogStreams.sources, found)
    processes = [
        LogSource(name=name, words=source_words(name), last_at=found[name])
        for name in sorted(found, key=lambda name: (name.startswith("node."), name))
    ]
    with reading() as session:
        chunks = [
            LogSource(
                name=chunk_source(row.id),
                words=f"{row.shot_name}, frames {row.frames[:40]}, on {row.node}",
                last_at=row.started_at,
            )
            for row in newest_chunks(session, _CHUNKS_OFFERED)
        ]
    return (*processes, *chunks)


def source_words(source: str) -> str:
    """Return what a source is called."""
    if source == WARNINGS:
        return "Warnings of all processes"
    kind, _, name = source.partition(".")
    return f"{kind.capitalize()} {name}".strip()


def as_text(line: LogLine) -> str:
    """Write a line as its process does on standard error."""
    if line.at is None:
        return line.message
    beside = "".join(f" {key}={value}" for key, value in line.fields.items())
    first, _, more = line.message.partition("\n")
    text = f"{line.at:%Y-%m-%dT%H:%M:%SZ} {line.level:<7} {line.logger}: {first}{beside}"
    return f"{text}\n{more}" if more else text


def matches(line: LogLine, wanted: LogFilter) -> bool:
    """Tell whether a line is one of those that are wanted."""
    if _RANK.get(line.level, 1) < _RANK.get(wanted.level, 1):
        return False
    words = wanted.search.casefold()
    return not words or any(words in text.casefold() for text in _texts(line))


def _texts(line: LogLine) -> list[str]:
    beside = [f"{key}={value}" for key, value in line.fields.items()]
    return [line.message, line.logger, line.source, *beside]
