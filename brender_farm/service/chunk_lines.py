"""What Blender said about a chunk, line by line, from the end of its log."""

from __future__ import annotations

import os
from typing import BinaryIO

from brender_farm.broker.log_stream import LogLine
from brender_farm.domain.error_lines import is_error, without_stamp
from brender_farm.service.files import chunk_log, open_log

_PREFIX = "chunk."
_TAIL_BYTES = 1024 * 1024


def is_chunk(source: str) -> bool:
    """Tell whether a source is a chunk's log: `chunk.<id>`."""
    number = source.removeprefix(_PREFIX)
    return source.startswith(_PREFIX) and number.isascii() and number.isdigit()


def chunk_source(chunk_id: int) -> str:
    return f"{_PREFIX}{chunk_id}"


def chunk_lines(source: str) -> list[LogLine]:
    """Return the lines in the last MiB, numbered, without a date: the log has none.

    Raises NotFound; a log that cannot be read is empty.
    """
    start, texts = _end_of(open_log(_number(source)))
    return [
        LogLine(
            id=str(start + number),
            at=None,
            source=source,
            level="ERROR" if is_error(without_stamp(text)) else "INFO",
            logger="blender",
            message=text,
            fields={},
        )
        for number, text in enumerate(texts, start=1)
    ]


def chunk_tag(source: str) -> str:
    """Return a tag that changes when Blender says more. Raises NotFound."""
    try:
        return str(chunk_log(_number(source)).lstat().st_size)
    except OSError:
        return "0"


def _number(source: str) -> int:
    return int(source.removeprefix(_PREFIX)[:18])


def _end_of(log: BinaryIO | None) -> tuple[int, list[str]]:
    """Return where the end of a log begins, and its lines."""
    if log is None:
        return 0, []
    try:
        with log as file:
            start = max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES)
            file.seek(start)
            return start, file.read(_TAIL_BYTES).decode("utf-8", "replace").splitlines()
    except OSError:
        return 0, []
