from __future__ import annotations

import json

from brender_farm.cli.ending import Ending


def test_settings_are_shown_and_changed(brender, here):
    assert "slow_factor" in brender("settings").output
    assert brender("settings", "set", "slow_factor", "4").output == "slow_factor is 4.\n"
    assert json.loads(brender("settings", "--json").output)["slow_factor"] == 4
    assert brender("settings", "set", "films", "no").output == "films is no.\n"


def test_what_a_setting_cannot_be_is_refused(brender, here):
    result = brender("settings", "set", "slow_factor", "1")
    assert result.exit_code == 1
    assert "is not possible" in result.output
    assert brender("settings", "set", "speed", "1").exit_code == Ending.NOT_FOUND


def test_the_environment_is_shown_too(brender, here):
    text = brender("settings", "--environment").output
    assert "BRENDER_DATA_DIR" in text
    assert str(here.data_dir) in text
