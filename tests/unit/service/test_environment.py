from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from brender_farm.config import FarmAddress, Settings, given_names, load_settings
from brender_farm.config_words import MEANINGS
from brender_farm.service.environment import environment

EXAMPLE = (Path(__file__).resolve().parents[3] / ".env.example").read_text()


def test_every_setting_has_a_meaning_and_it_is_what_the_example_says():
    told = {}
    for paragraph in EXAMPLE.strip().split("\n\n")[1:]:
        lines = paragraph.splitlines()
        words = " ".join(line[1:].strip() for line in lines if line.startswith("#"))
        names = [line.partition("=")[0] for line in lines if line.startswith("BRENDER_")]
        told |= {name.removeprefix("BRENDER_").lower(): words for name in names}
    assert told == MEANINGS
    assert {each.name for each in (*fields(Settings), *fields(FarmAddress))} == set(MEANINGS)


def test_values_are_written_as_the_environment_would_have_them():
    given = {
        "BRENDER_ROOTS": "/a:/b",
        "BRENDER_TAGS": "gpu,big",
        "BRENDER_WARM": "no",
        "BRENDER_STALL_S": "60",
        "BRENDER_DATABASE_URL": "postgresql://user:secret@host/name",
    }
    values = {each.name: each.value for each in environment(load_settings(given))}
    assert values["BRENDER_ROOTS"] == "/a:/b"
    assert values["BRENDER_TAGS"] == "gpu,big"
    assert values["BRENDER_WARM"] == "no"
    assert values["BRENDER_STALL_S"] == "60"
    assert values["BRENDER_BLENDER"] == ""
    assert values["BRENDER_DATABASE_URL"] == "postgresql+psycopg://user:***@host/name"


def test_only_what_is_set_to_something_is_given():
    assert given_names({"BRENDER_PORT": "1", "BRENDER_HOST": " ", "PATH": "/"}) == {"BRENDER_PORT"}
