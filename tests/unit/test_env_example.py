"""What is written about settings, and what is read of them, are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from brender_farm.config import load_address, load_settings

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / ".env.example").read_text()
SETTING = re.compile(r"^(BRENDER_\w+)=(.*)$", re.MULTILINE)


class Noting(Mapping[str, str]):
    """An environment that notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_the_example_documents_exactly_the_settings_that_are_read():
    environment = Noting()
    load_settings(environment)
    load_address(environment)
    assert set(dict(SETTING.findall(EXAMPLE))) == environment.asked


def test_every_setting_of_the_example_is_explained():
    paragraphs = EXAMPLE.strip().split("\n\n")
    assert all(paragraph.startswith("#") for paragraph in paragraphs)


def test_the_example_changes_nothing():
    example = dict(SETTING.findall(EXAMPLE))
    assert load_settings(example) == load_settings({})
    assert load_address(example) == load_address({})


@pytest.mark.parametrize("folder", ["brender_farm", "dashboard", "workers"])
def test_only_config_reads_the_environments_settings(folder):
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"(environ|getenv)(\.get)?[\[(]\s*[\"']BRENDER_", path.read_text())
    ]
    assert readers in ([], ["brender_farm/config.py"])
