"""How every process of the farm writes its log: a constant sentence, its fields beside it."""

from __future__ import annotations

import logging
import sys
import time

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class FieldFormatter(logging.Formatter):
    """Writes `time level logger: sentence key=value …`, times in UTC."""

    def __init__(self) -> None:
        self.converter = time.gmtime
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        fields = {key: value for key, value in vars(record).items() if key not in _PLAIN}
        words = [super().formatMessage(record), *(f"{k}={v}" for k, v in fields.items())]
        return " ".join(words)


def set_up_logging(level: int = logging.INFO) -> None:
    """Send this process's log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(FieldFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("celery", "kombu", "amqp", "alembic", "blender_asset_tracer"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
