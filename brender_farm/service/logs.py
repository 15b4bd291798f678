"""What the farm's processes say, and what Blender says about a chunk, in one form."""

from __future__ import annotations

from datetime import datetime

from brender_farm.broker.log_stream import WARNINGS, LogLine, LogStreams
from brender_farm.db.core import reading
from brender_farm.db.reads.logs import newest_chunks
from brender_farm.service.chunk_lines import chunk_lines, chunk_source, chunk_tag, is_chunk
from brender_farm.service.log_link import log_link
from brender_farm.service.log_text import matches
from brender_farm.service.shapes.logs import LogFilter, LogPage, LogSource

LEVELS = ("INFO", "WARNING", "ERROR")
"""What to show: everything, what tells of trouble, failures only."""
_KEPT_COUNT = 2500
"""More than any stream keeps."""
_CHUNKS_OFFERED = 20
_NOWHERE = "-"


def list_logs(wanted: LogFilter, *, limit: int = 300, before: str = "") -> LogPage:
    """Return the last lines that match; with `before` the last before the line of this id.

    Raises NotFound for a chunk that is not there.
    """
    lines: list[LogLine] = []
    trouble = ""
    if is_chunk(wanted.source):
        tag, lines = chunk_tag(wanted.source), chunk_lines(wanted.source)
    else:
        lines, trouble = log_link().ask(lambda kept: kept.last(wanted.source, _KEPT_COUNT), lines)
        tag = _NOWHERE if trouble else lines[-1].id if lines else "0-0"
    found = [line for line in lines if matches(line, wanted)]
    shown = [line for line in found if _age(line.id) < _age(before)] if before else found
    return LogPage(
        lines=tuple(shown[-limit:]),
        total=len(found),
        has_older=len(shown) > limit,
        trouble=trouble,
        tag=tag,
        last_id=lines[-1].id if lines else "0",
    )


def _age(line_id: str) -> tuple[int, ...]:
    return tuple(map(int, line_id.split("-")))


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
