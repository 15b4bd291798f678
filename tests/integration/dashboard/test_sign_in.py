"""Signing in and out, and choosing a password by a link, as a browser does it."""

from __future__ import annotations

import pytest

from brender_farm.service import sign_in_limits, users
from dashboard.entering import safe_target
from tests.integration.dashboard.people import csrf_of, log_in, send

GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def nobody_guessed():
    sign_in_limits.forget_failures()


@pytest.fixture
def anna(farm):
    """The browser of an admin who is signed in; the farm has users then."""
    return farm.sign_in("Anna")


def invite(farm, name, role="artist"):
    """Return the path of the link by which somebody new chooses a password."""
    with farm.app.app_context():
        return f"/welcome/{users.add_user(name, role, actor='test').key}"


def test_who_signs_in_comes_to_the_page_that_was_asked_for(farm, anna):
    stranger = farm.app.test_client()
    asked = stranger.get("/nodes?look=cards")
    assert asked.location == "/login?next=/nodes?look%3Dcards"
    assert "Sign in" in stranger.get(asked.location).text
    answer = log_in(stranger, "anna", "the secret of Anna", next="/nodes?look=cards")
    assert (answer.status_code, answer.location) == (303, "/nodes?look=cards")
    assert stranger.get("/nodes").status_code == 200


def test_a_wrong_password_is_said_at_the_field_and_the_name_stays(farm, anna):
    stranger = farm.app.test_client()
    answer = log_in(stranger, "Anna", "a wrong password", next="/nodes")
    assert answer.status_code == 422
    assert "The name or the password is wrong." in answer.text
    assert 'value="Anna"' in answer.text
    assert 'name="next" value="/nodes"' in answer.text
    assert "a wrong password" not in answer.text
    assert stranger.get("/shots").status_code == 302


def test_too_many_tries_are_told_how_long_to_wait(farm, anna):
    stranger = farm.app.test_client()
    for _ in range(5):
        log_in(stranger, "Anna", "a wrong password")
    answer = log_in(stranger, "Anna")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert f"Try again in {answer.headers['Retry-After']} s." in answer.text


def test_the_login_is_made_for_password_managers(farm, anna):
    page = farm.app.test_client().get("/login").text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


def test_who_is_signed_in_is_led_on(farm, anna):
    assert anna.get("/login?next=/nodes").location == "/nodes"


def test_who_signs_out_is_out(farm, anna):
    answer = send(anna, "/logout", on="/account")
    assert answer.location == "/login"
    assert "You are signed out." in anna.get("/login").text
    assert anna.get("/account").status_code == 302


def test_a_farm_without_users_asks_nobody_to_sign_in(farm):
    assert farm.get("/login").location == "/"
    assert 'action="/logout"' not in farm.text("/shots")


def test_the_name_and_the_way_out_are_on_every_page_of_somebody_signed_in(farm, anna):
    page = anna.get("/shots").text
    assert 'aria-label="You: Anna"' in page
    assert 'action="/logout"' in page
    assert 'href="/account"' in page


def test_an_invited_user_chooses_a_password_and_is_in(farm, anna):
    link, browser = invite(farm, "Ben"), farm.app.test_client()
    page = browser.get(link)
    assert "Welcome, Ben" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "strict-origin"
    answer = send(browser, link, on=link, password=GOOD, again=GOOD)
    assert answer.location == "/"
    assert "Your password is set" in browser.get("/").text
    assert log_in(farm.app.test_client(), "Ben", GOOD).status_code == 303


def test_a_spent_link_says_what_to_do(farm, anna):
    link, browser = invite(farm, "Ben"), farm.app.test_client()
    send(browser, link, on=link, password=GOOD, again=GOOD)
    answer = farm.app.test_client().get(link)
    assert answer.status_code == 404
    assert "Ask an admin for a new one" in answer.text
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [(GOOD, "something else", "The two differ."), ("short", "short", "10 are the least")],
)
def test_a_password_that_cannot_be_is_refused_and_the_link_still_works(
    farm, anna, password, again, words
):
    link, browser = invite(farm, "Ben"), farm.app.test_client()
    answer = send(browser, link, on=link, password=password, again=again)
    assert answer.status_code == 422
    assert words in answer.text
    assert browser.get(link).status_code == 200


def test_pages_from_outside_show_nothing_of_the_farm(farm, anna):
    farm.add_node("secretnode")
    farm.add_shot("secretshot")
    stranger = farm.app.test_client()
    for path in ("/login", "/welcome/guess", "/nowhere", "/shots/1", "/static/nowhere.js"):
        page = stranger.get(path, follow_redirects=True).text
        for told in ("glance", "mainnav", "secret", 'href="/shots', "nodes"):
            assert told not in page, (path, told)


def test_an_error_looks_the_same_whether_the_page_is_there_or_not(farm, anna):
    stranger = farm.app.test_client()
    there, nowhere = stranger.get("/shots/1"), stranger.get("/nowhere")
    assert (there.status_code, nowhere.status_code) == (302, 302)


def test_a_poll_of_who_is_out_is_answered_with_401(farm, anna):
    answer = farm.app.test_client().get("/glance?tag=x", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "glance" not in answer.text


def test_a_csrf_error_of_a_stranger_shows_the_way_in(farm, anna):
    stranger = farm.app.test_client()
    csrf_of(stranger, "/login")
    answer = stranger.post("/login", data={"name": "Anna", "password": "x"})
    assert answer.status_code == 400
    assert 'href="/login"' in answer.text


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/%0d%0aX:1\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        "evil.example",
        " //evil.example",
        "/login?next=/login",
        "/logout",
        "/api/v1/shots",
        "/" + "x" * 3000,
        "",
        None,
    ],
    ids=repr,
)
def test_nobody_is_led_away_from_the_farm(target):
    assert safe_target(target) == "/"


@pytest.mark.parametrize("target", ["/", "/shots?state=failed&page=2", "/nodes/a%20b", "/a//b"])
def test_pages_of_the_farm_are_led_to(target):
    assert safe_target(target) == target
