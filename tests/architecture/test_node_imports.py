"""A node runs on requirements/node.txt alone, and stays small."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

NODE = Path(__file__).parents[2] / "requirements" / "node.txt"
LOADED = "import json, sys, workers.process; print(json.dumps(sorted(sys.modules)))"
NEVER = ("flask", "sqlalchemy", "alembic", "rich", "OpenImageIO", "numpy", "bpy")


def modules_of_a_node() -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in json.loads(done.stdout)}


def test_a_node_loads_neither_database_nor_flask_nor_decoder() -> None:
    assert modules_of_a_node().isdisjoint(NEVER)


def test_all_that_a_node_loads_is_in_its_requirements() -> None:
    owners = metadata.packages_distributions()
    loaded = {
        canonicalize_name(owner) for name in modules_of_a_node() for owner in owners.get(name, ())
    }
    # Loaded only where they happen to be there: by Python's own start, and by kombu to look
    # whether it runs among greenlets, how it could compress, and whether YAML could be read. redis
    # looks whether it could ask about certificates, for which the dashboard brings what it takes.
    loaded -= {"brender", "setuptools", "pip", "greenlet", "brotli", "backports-zstd", "pyyaml"}
    loaded -= {"cryptography", "cffi", "pycparser"}
    listed = [Requirement(line) for line in NODE.read_text().splitlines() if "==" in line]

    assert loaded <= closure(listed)


def closure(listed: list[Requirement]) -> set[str]:
    """Return these distributions with all that they require, extras included."""
    known: set[tuple[str, str]] = set()
    todo = [(requirement, "") for requirement in listed]
    while todo:
        requirement, extra = todo.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in {"", *requirement.extras}:
            if (name, wanted) not in known:
                known.add((name, wanted))
                todo += [(Requirement(text), wanted) for text in metadata.requires(name) or ()]
    return {name for name, _ in known}
