"""Attacks on the door: guesses, borrowed cookies, other sites' forms, forged headers."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from ipaddress import ip_network

import pytest
from werkzeug.test import Client

from brender_farm.service import passwords, sign_in_limits, users
from dashboard.app import create_app
from dashboard.rights import PUBLIC
from dashboard.who import SIGN_IN
from tests.integration.dashboard.people import PASSWORD, cookie, csrf_of, log_in, send

GOOD = "correct horse battery"
WRONG = "not the one of Anna"
PROXY = "10.9.9.9"


@pytest.fixture(autouse=True)
def nobody_guessed():
    sign_in_limits.forget_failures()
    yield
    sign_in_limits.forget_failures()


@pytest.fixture
def anna(farm):
    return farm.sign_in("Anna")


def knows(browser) -> bool:
    return browser.get("/shots").status_code == 200


def taken(farm, value: str):
    """Return a browser with somebody else's cookie."""
    thief = farm.app.test_client()
    thief.set_cookie("brender_session", value)
    return thief


# Cookies


def test_a_cookie_that_an_attacker_planted_is_worth_nothing_after_the_login(farm, anna):
    attacker = farm.app.test_client()
    csrf_of(attacker, "/login")
    planted = cookie(attacker)
    victim = taken(farm, planted)
    log_in(victim, "Anna")
    assert knows(victim)
    assert cookie(victim) != planted
    assert not knows(attacker)
    assert not knows(taken(farm, planted))


def test_the_csrf_token_of_before_the_login_is_worth_nothing_after_it(farm, anna):
    browser = farm.app.test_client()
    before = csrf_of(browser, "/login")
    log_in(browser, "Anna")
    assert browser.post("/logout", data={"csrf_token": before}).status_code == 400


def test_a_stolen_cookie_is_worth_nothing_after_the_sign_out(farm, anna):
    browser = farm.app.test_client()
    log_in(browser, "Anna")
    thief = taken(farm, cookie(browser))
    assert knows(thief)
    send(browser, "/logout", on="/account")
    assert not knows(thief)


def test_a_stolen_cookie_is_worth_nothing_after_the_password_was_changed(farm, anna):
    browser = farm.app.test_client()
    log_in(browser, "Anna")
    thief, other = taken(farm, cookie(browser)), farm.app.test_client()
    log_in(other, "Anna")
    old = {"old": PASSWORD.format("Anna"), "password": GOOD, "again": GOOD}
    assert send(other, "/account/password", on="/account", **old).status_code == 303
    assert knows(other)
    assert not knows(thief)


def test_signing_in_again_ends_the_sign_in_before(farm, anna):
    browser = farm.app.test_client()
    log_in(browser, "Anna")
    thief = taken(farm, cookie(browser))
    token = csrf_of(browser, "/account")
    values = {"name": "Anna", "password": PASSWORD.format("Anna"), "csrf_token": token}
    assert browser.post("/login", data=values).status_code == 303
    assert knows(browser)
    assert not knows(thief)


def test_a_cookie_that_was_changed_is_nobodys(farm, anna):
    browser = farm.app.test_client()
    log_in(browser, "Anna")
    value = cookie(browser)
    other = "A" if value[-5] != "A" else "B"
    for changed in (value[:-5] + other + value[-4:], value[5:], value.upper(), "x", "", "e30.x.y"):
        assert not knows(taken(farm, changed)), changed


def test_a_cookie_that_another_farm_signed_is_nobodys(farm, anna, tmp_path):
    """Whoever learns a key that the database holds cannot make a cookie of it, either."""
    (tmp_path / "elsewhere").mkdir()
    other = create_app(replace(farm.settings, data_dir=tmp_path / "elsewhere")).test_client()
    with anna.session_transaction() as known, other.session_transaction() as forged:
        forged[SIGN_IN] = known[SIGN_IN]
    assert knows(taken(farm, cookie(anna)))
    assert not knows(taken(farm, cookie(other)))


def test_the_cookie_is_not_for_scripts_nor_other_sites(farm, anna):
    answer = log_in(farm.app.test_client(), "Anna")
    flags = answer.headers["Set-Cookie"]
    assert "HttpOnly" in flags
    assert "SameSite=Lax" in flags
    assert "Secure" not in flags


def test_a_user_who_is_removed_or_disabled_is_out_at_the_next_request(farm, anna):
    for end in (users.remove_user, lambda *a, **k: users.set_enabled(*a, False, **k)):
        ben = farm.sign_in("Ben", "artist")
        token = farm.token("Ben")
        assert knows(ben)
        with farm.app.app_context():
            end(users.find_user("Ben").id, actor="Anna")
        assert not knows(ben)
        assert farm.app.test_client().get("/api/v1/me", headers=token).status_code == 401


# Guesses


def test_thirty_guesses_at_once_are_five_that_are_looked_at(farm, anna, monkeypatch):
    tried = []
    real = passwords._hasher.verify

    class Counting:
        def verify(self, kept, password):
            tried.append(password)
            return real(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())

    def guess(number: int) -> int:
        return log_in(farm.app.test_client(), "Anna", f"wrong password {number}").status_code

    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(guess, range(30)))
    assert len(tried) <= 5
    assert answers.count(422) == len(tried)
    assert answers.count(429) == 30 - len(tried)


def test_the_right_password_is_not_told_apart_once_guesses_are_stopped(farm, anna):
    browser = farm.app.test_client()
    for _ in range(5):
        log_in(browser, "Anna", WRONG)
    assert log_in(browser, "Anna").status_code == 429
    assert log_in(browser, "Anna", WRONG).status_code == 429


def test_an_attacker_elsewhere_does_not_lock_anybody_out(farm, anna):
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "10.0.0.66"}}
    attacker = farm.app.test_client()
    token = csrf_of(attacker, "/login", **elsewhere)
    for _ in range(8):
        values = {"name": "Anna", "password": WRONG, "csrf_token": token}
        attacker.post("/login", data=values, **elsewhere)
    assert log_in(farm.app.test_client(), "Anna").status_code == 303


def test_a_forged_address_does_not_give_more_guesses(farm, anna):
    browser = farm.app.test_client()
    token = csrf_of(browser, "/login")
    answers = []
    for number in range(7):
        values = {"name": "Anna", "password": WRONG, "csrf_token": token}
        forged = {"X-Forwarded-For": f"10.0.0.{number}", "X-Real-IP": f"10.0.0.{number}"}
        answers.append(browser.post("/login", data=values, headers=forged).status_code)
    assert answers == [422] * 5 + [429] * 2


def test_the_old_password_cannot_be_guessed_on_the_account_page(farm, anna):
    browser = farm.app.test_client()
    log_in(browser, "Anna")
    guess = {"old": WRONG, "password": GOOD, "again": GOOD}
    answers = [
        send(browser, "/account/password", on="/account", **guess).status_code for _ in range(7)
    ]
    assert answers == [422] * 5 + [429] * 2


@pytest.mark.parametrize("name", ["Anna", "nobody", "Uwe"])
def test_known_unknown_and_disabled_names_cost_one_comparison_each(farm, anna, monkeypatch, name):
    with farm.app.app_context():
        uwe = users.add_user("Uwe", "artist", actor="Anna").user
        users.set_enabled(uwe.id, False, actor="Anna")
    passwords._nobody()
    compared = []
    real = passwords._hasher.verify

    class Counting:
        def verify(self, kept, password):
            compared.append(kept.split("$")[3])
            return real(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    answer = log_in(farm.app.test_client(), name, WRONG)
    assert answer.status_code == 422
    assert compared == ["m=65536,t=3,p=4"]


# Forms of other sites


def forms(app):
    """Return the path of everything that a form can be sent to; Flower's table is only read."""
    found = []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.endpoint.startswith(("api.", "flower.")):
            values = dict.fromkeys(rule.arguments, "1")
            with app.test_request_context():
                found.append((rule.endpoint, app.url_for(rule.endpoint, **values)))
    return found


def test_every_form_needs_a_token_of_this_session(farm, anna):
    foreign = csrf_of(farm.sign_in("Eva"), "/account")
    for endpoint, path in forms(farm.app):
        for values in ({}, {"csrf_token": foreign}, {"csrf_token": "x"}):
            answer = anna.post(path, data=values)
            assert answer.status_code == 400, (endpoint, values, answer.status_code)
    assert knows(anna)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_refused_even_with_a_good_token(farm, anna, site):
    token = csrf_of(anna, "/account")
    for endpoint, path in forms(farm.app):
        answer = anna.post(path, data={"csrf_token": token}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403, (endpoint, answer.status_code)
    assert anna.post("/api/v1/users", json={}, headers={"Sec-Fetch-Site": site}).status_code == 403
    assert knows(anna)


def test_the_api_takes_no_form_of_a_signed_in_browser(anna):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = anna.post("/api/v1/users", data='{"name": "Eve"}', content_type=kind)
        assert answer.status_code == 415, kind


def test_nothing_of_the_farm_is_shown_in_a_frame_of_another_site(farm, anna):
    for path in ("/login", "/account", "/users"):
        policy = anna.get(path).headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy


# Tokens


def test_a_token_in_the_address_is_not_accepted(farm, anna):
    token = farm.token("Anna")["Authorization"].removeprefix("Bearer ")
    stranger = farm.app.test_client()
    for name in ("token", "access_token", "key", "authorization"):
        assert stranger.get(f"/api/v1/shots?{name}={token}").status_code == 401
    assert stranger.get("/api/v1/shots", headers={"X-Api-Key": token}).status_code == 401


def test_a_wrong_token_is_not_helped_out_by_a_good_cookie(farm, anna):
    wrong = {"Authorization": "Bearer brd_wrong"}
    assert anna.get("/api/v1/shots", headers=wrong).status_code == 401
    assert anna.get("/shots", headers=wrong).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic QW5uYTp4", "brd_x", "Bearer é\x7f"])
def test_an_odd_authorization_lets_nobody_in(farm, anna, header):
    answer = farm.app.test_client().get("/api/v1/shots", headers={"Authorization": header})
    assert answer.status_code == 401


# Proxies, and strangers who say they are none


def behind_a_proxy(farm):
    """Return the same farm with a proxy that it knows."""
    known = replace(farm.settings, proxies=(ip_network(f"{PROXY}/32"),))
    return create_app(known)


def test_an_open_farm_is_open_to_its_own_machine_only(farm):
    assert knows(farm.client)
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        answer = farm.client.get("/shots", headers={header: "127.0.0.1"})
        assert answer.status_code == 302, header
    away = {"environ_overrides": {"REMOTE_ADDR": "10.0.0.7"}}
    assert farm.client.get("/shots", **away).status_code == 302
    assert "add an admin" in farm.client.get("/login", **away).text


def test_over_tls_of_a_named_proxy_the_cookie_is_for_tls_only(farm, anna):
    app = behind_a_proxy(farm)
    browser: Client = app.test_client()
    said = {
        "headers": {
            "X-Forwarded-For": "192.0.2.5",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "farm.studio.com",
            "Referer": "https://farm.studio.com/login",
        },
        "environ_overrides": {"REMOTE_ADDR": PROXY},
    }
    first = browser.get("/login", **said)
    assert "Secure" in first.headers["Set-Cookie"]
    assert first.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_stranger_is_not_believed_to_be_a_proxy(farm, anna):
    app = behind_a_proxy(farm)
    answer = app.test_client().get(
        "/login",
        headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"},
        environ_overrides={"REMOTE_ADDR": "192.0.2.66"},
    )
    assert "Secure" not in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answer.headers
    assert "evil.example" not in answer.text


def test_signing_in_and_choosing_a_password_work_over_tls(farm, anna):
    """Over TLS forms are checked for where they come from: these pages hide their paths only."""
    browser = behind_a_proxy(farm).test_client()
    with farm.app.app_context():
        key = users.add_user("Ben", "artist", actor="Anna").key

    def said(referrer: str):
        headers = {
            "X-Forwarded-For": "192.0.2.5",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "farm.studio.com",
            "Referer": referrer,
        }
        return {"headers": headers, "environ_overrides": {"REMOTE_ADDR": PROXY}}

    host = "https://farm.studio.com"
    token = csrf_of(browser, f"{host}/welcome/{key}", **said(f"{host}/"))
    values = {"password": GOOD, "again": GOOD, "csrf_token": token}
    path = f"{host}/welcome/{key}"
    assert browser.post(path, data=values, **said("https://evil.example/")).status_code == 400
    assert browser.post(path, data=values, **said(f"{host}/")).status_code == 303
    assert browser.get(f"{host}/shots", **said(f"{host}/")).status_code == 200


# What is written down


def test_no_log_holds_a_password_a_link_or_a_token(farm, anna, caplog):
    caplog.set_level(logging.DEBUG)
    with farm.app.app_context():
        key = users.add_user("Ben", "artist", actor="Anna").key
    ben = farm.app.test_client()
    send(ben, f"/welcome/{key}", on=f"/welcome/{key}", password=GOOD, again=GOOD)
    log_in(farm.app.test_client(), "Ben", WRONG)
    made = send(ben, "/account/tokens", on="/account", name="x", scope="read", days="30")
    token = made.text.split("BRENDER_TOKEN=")[1].split("<")[0].strip()
    farm.app.test_client().get("/api/v1/shots", headers={"Authorization": f"Bearer {token}"})
    said = caplog.text + anna.get("/events").text + anna.get("/api/v1/events").text
    for secret in (GOOD, WRONG, key, token, cookie(ben)):
        assert secret not in said


def test_nothing_that_anybody_reaches_says_more_than_whether_it_is_well(farm, anna):
    farm.add_node("secretnode")
    stranger = farm.app.test_client()
    for endpoint in PUBLIC:
        rule = next((r for r in farm.app.url_map.iter_rules() if r.endpoint == endpoint), None)
        if rule is None or "GET" not in (rule.methods or ()):
            continue
        values = dict.fromkeys(rule.arguments, "x")
        with farm.app.test_request_context():
            path = farm.app.url_for(endpoint, **values)
        assert "secretnode" not in stranger.get(path).text, endpoint
