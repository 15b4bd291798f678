"""Whatever stands in the environment: settings, or a ConfigError that names a variable."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from brender_farm.config import Settings, load_settings
from brender_farm.config_words import MEANINGS
from brender_farm.errors import ConfigError
from tests.unit.texts import TEXTS

NAMES = [f"BRENDER_{field.upper()}" for field in MEANINGS]
VALUES = TEXTS.filter(lambda text: "\0" not in text)
"""No environment can hold a NUL."""


@pytest.mark.parametrize("name", NAMES)
def test_any_value_is_read_or_explained(name):
    @given(VALUES)
    def read(text: str) -> None:
        try:
            settings = load_settings({"BRENDER_DATA_DIR": "/srv/brender", name: text})
        except ConfigError as error:
            assert "BRENDER_" in str(error)  # noqa: PT017 - most values are refused
        else:
            assert isinstance(settings, Settings)
            assert all(isinstance(root, Path) and root.is_absolute() for root in settings.roots)

    read()
