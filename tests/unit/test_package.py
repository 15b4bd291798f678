from __future__ import annotations

import subprocess
import sys

import pytest

import brender_farm


@pytest.mark.parametrize("name", brender_farm.__all__)
def test_every_public_name_is_there(name):
    assert getattr(brender_farm, name)


def test_another_name_is_not():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = brender_farm.nothing


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("brender_farm", ["celery", "flask", "sqlalchemy", "msgspec"]),
        ("brender_farm.cli", ["celery", "flask", "sqlalchemy"]),
        ("workers.node", ["flask", "sqlalchemy", "alembic"]),
        ("workers.process", ["flask", "sqlalchemy", "alembic"]),
    ],
)
def test_a_process_loads_no_more_than_it_needs(module, unwanted):
    code = f"import sys, {module}; print(*(n for n in {unwanted!r} if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
