"""How every process of the farm writes its log: a constant sentence, its fields beside it."""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING, Any

from brender_farm.domain.signs import one_line
from brender_farm.masking import hide_password_of, mask

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

    from brender_farm.broker.log_shipper import LogShipper

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class FieldFormatter(logging.Formatter):
    """Writes `time level logger: sentence key=value …`, times in UTC, passwords masked.

    Whatever a name or an error has in it, a record begins one line, and what belongs to it is
    indented: nobody can write lines that look like another record.
    """

    def __init__(self) -> None:
        self.converter = time.gmtime
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        words = [super().formatMessage(record), *(f"{k}={v}" for k, v in fields_of(record).items())]
        return one_line(" ".join(words))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        return _indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - logging's name
        return _indented(super().formatStack(stack_info))


def _indented(text: str) -> str:
    return "\n".join(f"  {one_line(line)}" for line in text.splitlines())


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return what was said beside a record's sentence."""
    return {key: value for key, value in vars(record).items() if key not in _PLAIN}


def set_up_logging(level: int = logging.INFO) -> None:
    """Send this process's log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(FieldFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("celery", "kombu", "amqp", "alembic", "blender_asset_tracer"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def ship_logs(source: str, url_now: Callable[[], str], *also: str) -> LogShipper:
    """Send this process's log to the broker, too, where the Logs page finds it under `source`.

    `url_now` returns the broker's address; `also` are loggers that do not pass on what they get.
    """
    from brender_farm.broker.link import connect
    from brender_farm.broker.log_shipper import LogShipper

    def client_now() -> Redis:
        url = url_now()
        hide_password_of(url)
        return connect(url, timeout_s=2.0)

    shipper = LogShipper(source, client_now)
    for name in ("", *also):
        logging.getLogger(name).addHandler(shipper)
    return shipper
