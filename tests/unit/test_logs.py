from __future__ import annotations

import logging
import sys

import pytest

from brender_farm.logs import FieldFormatter, set_up_logging


def record(message: str, *args: object, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("brender_farm.x", logging.INFO, __file__, 1, message, args, None)
    made.created = 0.0
    vars(made).update(fields)
    return made


def test_a_line_is_a_time_a_sentence_and_its_fields():
    text = FieldFormatter().format(record("A chunk was sent.", chunk_id=7, node="n1"))
    assert text == (
        "1970-01-01T00:00:00Z INFO    brender_farm.x: A chunk was sent. chunk_id=7 node=n1"
    )


def test_a_sentence_without_fields_ends_with_its_stop():
    assert FieldFormatter().format(record("Ready.")).endswith("brender_farm.x: Ready.")


def test_an_exception_follows_on_lines_of_its_own():
    try:
        raise ValueError("broken")
    except ValueError:
        failed = record("It failed.", shot_id=3)
        failed.exc_info = sys.exc_info()
    first, *rest = FieldFormatter().format(failed).splitlines()
    assert first.endswith("It failed. shot_id=3")
    assert rest[-1] == "  ValueError: broken"


@pytest.fixture
def root_logger():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    names = ("celery", "kombu", "amqp", "alembic", "blender_asset_tracer")
    levels = {name: logging.getLogger(name).level for name in names}
    yield root
    root.handlers[:], root.level = handlers, level
    for name, former in levels.items():
        logging.getLogger(name).setLevel(former)


def test_a_process_logs_to_standard_error_and_only_once(root_logger, capsys):
    set_up_logging()
    set_up_logging()
    logging.getLogger("brender_farm.test").info("Here I am.", extra={"pid": 5})
    logging.getLogger("kombu.noise").info("Chatter.")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].endswith("brender_farm.test: Here I am. pid=5")
