"""Signing in by an OpenID provider, a real one over HTTP, honest and otherwise."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey

from brender_farm.config import load_settings
from brender_farm.errors import ConfigError
from brender_farm.service import sign_in_limits, users
from tests.integration.dashboard.people import cookie, log_in, send
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET, running_provider


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


@pytest.fixture(autouse=True)
def nobody_guessed():
    sign_in_limits.forget_failures()


@pytest.fixture
def provider():
    with running_provider() as running:
        yield running


@pytest.fixture
def farm(farm, provider):
    """A farm with an admin, Anna, and a provider."""
    use(farm, oidc_issuer=provider.url)
    farm.sign_in("Anna")
    return farm


def use(farm, **changes):
    known = farm.app.extensions["brender_settings"]
    given = {"oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET} | changes
    farm.app.extensions["brender_settings"] = replace(known, **given)


def go(client, start="/login/openid"):
    """Go to the provider as a browser does; return the path and query it sends back to."""
    sent = client.get(start)
    assert sent.status_code == 302, sent.text
    with pytest.raises(urllib.error.HTTPError) as leads:
        urllib.request.build_opener(_Stays).open(sent.location)
    back = urlsplit(leads.value.headers["Location"])
    leads.value.close()
    return f"{back.path}?{back.query}"


def user_named(farm, name):
    with farm.app.app_context():
        return users.find_user(name)


def test_somebody_new_comes_in_as_a_viewer(farm, provider):
    browser = farm.app.test_client()
    assert "Sign in with 127.0.0.1" in browser.get("/login?next=/nodes").text
    answer = browser.get(go(browser, "/login/openid?next=/nodes"))
    assert (answer.status_code, answer.location) == (303, "/nodes")
    assert browser.get("/api/v1/me").json["name"] == "Mira"
    assert user_named(farm, "Mira").role == "viewer"
    assert user_named(farm, "Mira").uses_openid
    asked = provider.seen[0]
    assert asked["scope"] == "openid profile email"
    assert asked["redirect_uri"] == "http://localhost/login/openid/back"
    assert len(asked["nonce"]) >= 20


def test_whoever_came_before_is_the_same_user_whatever_they_are_called(farm, provider):
    first = farm.app.test_client()
    first.get(go(first))
    provider.person["preferred_username"] = "Mira Married"
    again = farm.app.test_client()
    again.get(go(again))
    assert again.get("/api/v1/me").json["name"] == "Mira"


def test_the_role_of_newcomers_is_set(farm):
    use(farm, oidc_role="artist")
    browser = farm.app.test_client()
    browser.get(go(browser))
    assert user_named(farm, "Mira").role == "artist"


def test_no_newcomers_are_let_in_where_none_are_wanted(farm):
    use(farm, oidc_role="none")
    browser = farm.app.test_client()
    answer = browser.get(go(browser))
    assert answer.status_code == 403
    assert "Mira has no account on this farm." in answer.text
    assert browser.get("/shots").status_code == 302


def test_a_name_that_somebody_has_is_never_taken_over(farm, provider):
    provider.person["preferred_username"] = "ANNA"
    browser = farm.app.test_client()
    answer = browser.get(go(browser))
    assert answer.status_code == 403
    assert "There is a user ANNA already." in answer.text
    assert browser.get("/shots").status_code == 302


def test_an_account_is_connected_on_its_page_and_then_lets_in(farm, provider):
    anna = farm.app.test_client()
    log_in(anna, "Anna")
    asks = send(anna, "/account/openid", on="/account")
    assert 'href="/login/openid"' in asks.text
    answer = anna.get(go(anna))
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "lets you in as Anna" in anna.get("/account").text
    other = farm.app.test_client()
    other.get(go(other))
    assert other.get("/api/v1/me").json == anna.get("/api/v1/me").json
    send(anna, "/account/openid/remove", on="/account")
    third = farm.app.test_client()
    third.get(go(third))
    assert third.get("/api/v1/me").json["name"] == "Mira"  # somebody new, called so there


def test_nobody_is_connected_who_did_not_ask_for_it(farm):
    anna = farm.app.test_client()
    log_in(anna, "Anna")
    assert anna.get("/login/openid").location == "/"
    assert not user_named(farm, "Anna").uses_openid


def test_one_account_of_the_provider_is_one_user(farm):
    mira = farm.app.test_client()
    mira.get(go(mira))
    anna = farm.app.test_client()
    log_in(anna, "Anna")
    send(anna, "/account/openid", on="/account")
    anna.get(go(anna))
    assert "Mira signs in with this account of the provider already." in anna.get("/account").text
    assert not user_named(farm, "Anna").uses_openid


def test_who_has_no_password_keeps_the_only_way_in(farm):
    mira = farm.app.test_client()
    mira.get(go(mira))
    send(mira, "/account/openid/remove", on="/account")
    assert "has no password" in mira.get("/account").text
    assert user_named(farm, "Mira").uses_openid


def test_a_disabled_user_is_not_let_in(farm):
    first = farm.app.test_client()
    first.get(go(first))
    with farm.app.app_context():
        users.set_enabled(users.find_user("Mira").id, False, actor="Anna")
    again = farm.app.test_client()
    answer = again.get(go(again))
    assert answer.status_code == 403
    assert "Mira is disabled" in answer.text


def lies():
    now = int(time.time())
    return {
        "wrong nonce": {"nonce": "another"},
        "no nonce": {"nonce": None},
        "wrong audience": {"aud": "another farm"},
        "another audience, though made for us": {"aud": "another farm", "azp": CLIENT_ID},
        "wrong issuer": {"iss": "http://127.0.0.1:1"},
        "expired": {"exp": now - 3600, "iat": now - 7200},
        "no expiry": {"exp": None},
        "nobody": {"sub": None},
        "an empty subject": {"sub": ""},
    }


@pytest.mark.parametrize("change", lies().values(), ids=lies().keys())
def test_a_token_that_is_not_right_lets_nobody_in(farm, provider, change):
    def lie(claims):
        claims.update({name: value for name, value in change.items() if value is not None})
        for name in [name for name, value in change.items() if value is None]:
            del claims[name]

    provider.lie = lie
    assert_nobody_in(farm)


def test_a_token_that_another_key_signed_lets_nobody_in(farm, provider):
    provider.signed_by = RSAKey.generate_key(2048)
    assert_nobody_in(farm)


def test_a_wrong_client_secret_lets_nobody_in(farm):
    use(farm, oidc_client_secret="wrong")
    assert_nobody_in(farm)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "http://127.0.0.1:1"},
        {"token_endpoint": "ftp://127.0.0.1/token"},
        {"authorization_endpoint": None},
    ],
    ids=str,
)
def test_a_provider_that_is_another_one_is_not_gone_to(farm, provider, metadata):
    provider.metadata = metadata
    answer = farm.app.test_client().get("/login/openid")
    assert answer.status_code == 502
    assert "cannot be believed" in answer.text


def test_a_way_that_was_begun_elsewhere_lets_nobody_in(farm):
    victim, attacker = farm.app.test_client(), farm.app.test_client()
    back = go(attacker)
    answer = victim.get(back)
    assert answer.status_code == 502
    assert "begun elsewhere" in answer.text
    assert victim.get("/shots").status_code == 302


def test_a_way_is_gone_once(farm):
    browser = farm.app.test_client()
    back = go(browser)
    assert browser.get(back).status_code == 303
    send(browser, "/logout", on="/account")
    assert browser.get(back).status_code == 502
    assert browser.get("/shots").status_code == 302


def test_what_the_provider_refuses_is_told_in_no_words_of_the_address(farm):
    browser = farm.app.test_client()
    state = parse_qs(urlsplit(browser.get("/login/openid").location).query)["state"][0]
    back = f"/login/openid/back?state={state}&error=access_denied&error_description=Call+0900"
    answer = browser.get(back)
    assert answer.status_code == 502
    assert "it says access_denied" in answer.text
    assert "0900" not in answer.text


def test_a_provider_that_is_away_leaves_the_password(farm):
    use(farm, oidc_issuer="http://127.0.0.1:1")
    browser = farm.app.test_client()
    answer = browser.get("/login/openid?next=/nodes")
    assert answer.status_code == 502
    assert "does not answer" in answer.text
    assert log_in(browser, "Anna").status_code == 303


def test_names_are_asked_for_where_the_token_has_none(farm, provider):
    del provider.person["preferred_username"]
    provider.told = {"sub": "u-1", "email": "mira@studio.com", "email_verified": True}
    browser = farm.app.test_client()
    browser.get(go(browser))
    assert browser.get("/api/v1/me").json["name"] == "mira@studio.com"


def test_names_of_somebody_else_are_not_believed(farm, provider):
    del provider.person["preferred_username"]
    provider.told = {"sub": "u-2", "preferred_username": "Eva"}
    assert_nobody_in(farm)


def test_a_farm_without_users_is_not_taken_over_by_who_comes_first(tmp_path, provider):
    from tests.integration.dashboard.conftest import DashboardFarm

    (tmp_path / "empty").mkdir()
    empty = DashboardFarm(tmp_path / "empty")
    use(empty, oidc_issuer=provider.url)
    stranger = {"environ_overrides": {"REMOTE_ADDR": "10.0.0.7"}}
    browser = empty.app.test_client()
    sent = browser.get("/login/openid", **stranger)
    query = parse_qs(urlsplit(sent.location).query)
    back = urlsplit(provider.authorize({name: values[0] for name, values in query.items()}))
    answer = browser.get(f"{back.path}?{back.query}", **stranger)
    assert answer.status_code == 403
    assert "no users yet" in answer.text
    empty.close()


def test_a_farm_without_a_provider_says_so(farm):
    use(farm, oidc_issuer=None)
    browser = farm.app.test_client()
    assert browser.get("/login/openid").status_code == 404
    assert browser.get("/login/openid/back?code=x&state=y").status_code == 404
    assert "Sign in with" not in browser.get("/login").text


def test_coming_in_gives_the_browser_a_new_cookie(farm):
    browser = farm.app.test_client()
    back = go(browser)
    before = cookie(browser)
    browser.get(back)
    assert cookie(browser) != before
    assert len(cookie(browser)) < 400


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"BRENDER_OIDC_ISSUER": "http://keycloak.studio.com"}, "begins with https://"),
        ({"BRENDER_OIDC_ISSUER": "https://a@b.com"}, "begins with https://"),
        ({"BRENDER_OIDC_ISSUER": "https://b.com"}, "belong together"),
        ({"BRENDER_OIDC_CLIENT_ID": "x"}, "belong together"),
        ({"BRENDER_OIDC_ROLE": "admin"}, "an admin is made by an admin"),
    ],
    ids=str,
)
def test_settings_that_cannot_be_are_refused(env, words):
    with pytest.raises(ConfigError, match=words):
        load_settings(env)


def test_the_secret_is_shown_nowhere(farm):
    assert CLIENT_SECRET not in repr(farm.app.extensions["brender_settings"])
    anna = farm.app.test_client()
    log_in(anna, "Anna")
    page = anna.get("/settings").text
    assert "BRENDER_OIDC_CLIENT_SECRET" in page
    assert CLIENT_SECRET not in page


def assert_nobody_in(farm):
    browser = farm.app.test_client()
    answer = browser.get(go(browser))
    assert answer.status_code in (403, 502), answer.text
    assert browser.get("/shots").status_code == 302
    assert [user.name for user in listed(farm)] == ["Anna"]


def listed(farm):
    with farm.app.app_context():
        return users.list_users()
