"""Lines of logs as text, and which of them are wanted: without asking a farm for anything."""

from __future__ import annotations

from brender_farm.broker.log_stream import LogLine
from brender_farm.domain.signs import one_line
from brender_farm.service.shapes.logs import LogFilter

_RANK = {"DEBUG": 0, "INFO": 1, "WARNING": 2, "ERROR": 3, "CRITICAL": 4}


def as_text(line: LogLine) -> str:
    """Write a line as its process does on standard error."""
    if line.at is None:
        return one_line(line.message)
    beside = "".join(f" {key}={value}" for key, value in line.fields.items())
    first, _, more = line.message.partition("\n")
    text = f"{line.at:%Y-%m-%dT%H:%M:%SZ} {line.level:<7} {line.logger}: {first}{beside}"
    return "\n".join([one_line(text), *(f"  {one_line(each)}" for each in more.splitlines())])


def matches(line: LogLine, wanted: LogFilter) -> bool:
    """Tell whether a line is one of those that are wanted."""
    if _RANK.get(line.level, 1) < _RANK.get(wanted.level, 1):
        return False
    words = wanted.search.casefold()
    return not words or any(words in text.casefold() for text in _texts(line))


def _texts(line: LogLine) -> list[str]:
    beside = [f"{key}={value}" for key, value in line.fields.items()]
    return [line.message, line.logger, line.source, *beside]
