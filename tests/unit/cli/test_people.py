"""`brender users` and `brender tokens`."""

from __future__ import annotations

import json

import pytest

from brender_farm.cli.ending import Ending
from brender_farm.client import core_app
from brender_farm.service.recognition import person_of_token


@pytest.fixture
def people(brender) -> None:
    assert brender("users", "add", "ada", "--role", "admin").exit_code == 0
    assert brender("users", "add", "mira").exit_code == 0


def test_a_user_is_added_with_a_link_that_works_once(brender):
    assert "Add an admin first" in brender("users").output
    shown = brender("users", "add", "ada", "--role", "admin")
    words, link = shown.output.splitlines()
    assert words.startswith("ada is admin. The link works once, until ")
    assert link.startswith("http://localhost:8888/welcome/")
    heads, row = brender("users").output.splitlines()
    assert heads.split() == [
        *("NAME", "ROLE", "STATE", "SIGN-IN", "BROWSERS", "TOKENS", "LAST", "SEEN")
    ]
    assert row.split() == ["ada", "admin", "enabled", "invited", "0", "0", "-"]


def test_users_are_changed_and_removed(brender, people):
    assert brender("users", "role", "mira", "wrangler").output == "mira is wrangler.\n"
    assert brender("users", "disable", "mira").output == "mira is disabled.\n"
    assert "Enable them first" in brender("users", "invite", "mira").stderr
    assert brender("users", "enable", "Mira").output == "mira is enabled.\n"
    assert brender("users", "end-sign-ins", "mira").output == "mira is signed out everywhere.\n"
    invited = json.loads(brender("users", "invite", "mira", "--json").output)
    assert invited["link"].startswith("http://localhost:8888/welcome/")
    assert brender("users", "remove", "mira").exit_code == Ending.WRONG_USE
    assert brender("users", "remove", "mira", "--yes").output == "User mira is removed.\n"
    assert [row["name"] for row in json.loads(brender("users", "--json").output)] == ["ada"]


def test_the_last_admin_stays(brender, people):
    assert "the only admin" in brender("users", "remove", "ada", "--yes").stderr
    assert "the only admin" in brender("users", "role", "ada", "artist").stderr
    assert brender("users", "role", "nobody", "artist").exit_code == Ending.NOT_FOUND
    assert brender("users", "role", "ada", "king").exit_code == Ending.WRONG_USE


def test_a_token_is_made_and_shown_once(brender, people):
    made = brender("tokens", "add", "--user", "mira", "--name", "ci", "--days", 30)
    assert made.exit_code == 0, made.output
    text = made.stdout.strip()
    assert "ci of mira, to submit, until " in made.stderr
    with core_app().app_context():
        person = person_of_token(text)
    assert person is not None
    assert person.name == "mira"
    listed = brender("tokens").output
    assert text not in listed
    assert listed.splitlines()[1].split()[:4] == ["1", "mira", "ci", "submit"]


def test_a_token_is_removed(brender, people):
    brender("tokens", "add", "--user", "mira", "--name", "ci", "--never-expires")
    (token,) = json.loads(brender("tokens", "--user", "mira", "--json").output)
    assert token["expires_at"] is None
    assert brender("tokens", "--user", "ada").output.splitlines()[1:] == []
    assert brender("tokens", "remove", 1).exit_code == Ending.WRONG_USE
    assert brender("tokens", "remove", 1, "--yes").output == (
        "The token ci of mira works no more.\n"
    )
    assert brender("tokens", "remove", 1, "--yes").exit_code == Ending.NOT_FOUND


def test_what_is_wrong_with_a_token_is_told_at_once(brender, people):
    shown = brender("tokens", "add", "--user", "mira", "--name", "", "--days", 0)
    assert shown.exit_code == Ending.REFUSED
    assert "A token needs a name." in shown.stderr
    assert "0 days are not possible." in shown.stderr
