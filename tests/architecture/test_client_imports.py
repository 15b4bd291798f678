"""Working with a farm elsewhere takes requirements/client.txt alone: no database, no Flask."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.test_node_imports import closure

CLIENT = Path(__file__).parents[2] / "requirements" / "client.txt"
LOADED = """
import json, sys
import brender_farm.client, brender_farm.client.remote, brender_farm.client.progress
import brender_farm.cli, brender_farm.cli.shots, brender_farm.cli.submit
print(json.dumps(sorted(sys.modules)))
"""
NEVER = ("flask", "sqlalchemy", "alembic", "celery", "redis", "psutil", "OpenImageIO", "numpy")


def modules_of_a_client() -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in json.loads(done.stdout)}


def test_a_client_loads_neither_database_nor_flask_nor_broker() -> None:
    assert modules_of_a_client().isdisjoint(NEVER)


def test_all_that_a_client_loads_is_in_its_requirements() -> None:
    owners = metadata.packages_distributions()
    loaded = {
        canonicalize_name(owner) for name in modules_of_a_client() for owner in owners.get(name, ())
    }
    # Loaded only where they happen to be there: by Python's own start, by urllib3 to see what it
    # could unpack, and by msgspec.
    loaded -= {"brender", "setuptools", "pip", "brotli", "backports-zstd", "typing-extensions"}
    listed = [Requirement(line) for line in CLIENT.read_text().splitlines() if "==" in line]

    assert loaded <= closure(listed)
