"""One's own account: the page, and the same as JSON."""

from __future__ import annotations

import re

import pytest

from brender_farm.service import sign_in_limits
from tests.integration.dashboard.people import log_in, send

NEW = "another good one"


@pytest.fixture(autouse=True)
def nobody_guessed():
    sign_in_limits.forget_failures()


@pytest.fixture
def ben(farm):
    """An artist's browser; there is an admin as well."""
    farm.sign_in("Anna")
    return farm.sign_in("Ben", "artist")


def new_token(client, **values):
    asked = {"name": "laptop", "scope": "submit", "days": "90"} | values
    return send(client, "/account/tokens", on="/account", **asked)


def test_the_page_says_who_one_is_and_what_one_may(ben):
    page = ben.get("/account").text
    assert "<h1>Ben</h1>" in page
    assert "Ben submits shots, and steers, edits and deletes their own." in page
    assert "This browser" in page


def test_on_an_open_farm_it_says_how_to_add_users(farm):
    page = farm.text("/account")
    assert "This farm has no login" in page
    assert "brender users add NAME --role admin" in page
    assert 'href="/users"' in page


def test_a_token_is_shown_once_and_works(farm, ben):
    made = new_token(ben)
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    token = re.search(r"brd_[\w-]+", made.text)[0]
    assert f"BRENDER_URL=http://localhost\nBRENDER_TOKEN={token}" in made.text
    header = {"Authorization": f"Bearer {token}"}
    assert farm.app.test_client().get("/api/v1/shots", headers=header).status_code == 200
    page = ben.get("/account").text
    assert "laptop" in page
    assert token not in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "A token needs a name."),
        ({"scope": "all"}, "is no scope"),
        ({"days": "0"}, "days are not possible"),
        ({"days": "soon"}, "days are not possible"),
    ],
)
def test_what_is_wrong_with_a_token_is_said_at_its_field(ben, values, words):
    answer = new_token(ben, **values)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_token_is_removed_after_a_question_that_names_it(farm, ben):
    token = re.search(r"brd_[\w-]+", new_token(ben).text)[0]
    asks = ben.get("/account/tokens/1/remove").text
    assert "Remove the token “laptop”?" in asks
    send(ben, "/account/tokens/1/remove", on="/account/tokens/1/remove")
    header = {"Authorization": f"Bearer {token}"}
    assert farm.app.test_client().get("/api/v1/shots", headers=header).status_code == 401


def test_nobody_reaches_the_tokens_of_another(farm, ben):
    new_token(ben)
    eva = farm.sign_in("Eva", "artist")
    assert eva.get("/account/tokens/1/remove").status_code == 404
    assert send(eva, "/account/tokens/1/remove", on="/account").status_code == 404
    assert eva.delete("/api/v1/account/tokens/1").status_code == 404
    assert "laptop" in ben.get("/account").text


def test_a_changed_password_signs_out_the_other_browsers(farm, ben):
    other = farm.app.test_client()
    log_in(other, "Ben")
    answer = send(
        ben, "/account/password", on="/account", old="the secret of Ben", password=NEW, again=NEW
    )
    assert answer.status_code == 303
    assert ben.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    assert log_in(farm.app.test_client(), "Ben", NEW).status_code == 303


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"old": "wrong"}, "The old password is wrong."),
        ({"again": "other"}, "The two differ."),
        ({"password": "short", "again": "short"}, "10 are the least"),
        ({"password": "x" * 500, "again": "x" * 500}, "more than 200 characters"),
    ],
)
def test_a_password_that_cannot_be_changed_says_why(farm, ben, values, words):
    asked = {"old": "the secret of Ben", "password": NEW, "again": NEW} | values
    answer = send(ben, "/account/password", on="/account", **asked)
    assert answer.status_code == 422
    assert words in answer.text
    assert log_in(farm.app.test_client(), "Ben").status_code == 303


def test_a_browser_is_signed_out_from_another_one(farm, ben):
    other = farm.app.test_client()
    log_in(other, "Ben")
    ended = re.search(r'action="(/account/sign-ins/\d+/end)"', ben.get("/account").text)[1]
    send(ben, ended, on="/account")
    assert other.get("/shots").status_code == 302
    assert ben.get("/shots").status_code == 200


def test_all_others_are_signed_out_at_once(farm, ben):
    others = [farm.app.test_client() for _ in range(2)]
    for other in others:
        log_in(other, "Ben")
    send(ben, "/account/sign-ins/end", on="/account")
    assert [other.get("/shots").status_code for other in others] == [302, 302]
    assert ben.get("/shots").status_code == 200


def test_nobody_ends_the_sign_in_of_another(farm, ben):
    eva = farm.sign_in("Eva", "artist")
    for number in (1, 2):  # Anna's and Ben's
        answer = send(eva, f"/account/sign-ins/{number}/end", on="/account")
        assert answer.status_code == 404
    assert ben.get("/shots").status_code == 200


def test_the_account_as_json_is_for_people_only(farm, ben):
    told = ben.get("/api/v1/account").json
    assert told["user"]["name"] == "Ben"
    assert "submit" in told["rights"]
    assert len(told["sign_ins"]) == 1
    header = farm.token("Ben", "full")
    client = farm.app.test_client()
    for method, path in (("GET", ""), ("GET", "/tokens"), ("POST", "/tokens")):
        answer = client.open(
            f"/api/v1/account{path}", method=method, json={"name": "x"}, headers=header
        )
        assert answer.status_code == 403, (method, path)
        assert "sign in with a password" in answer.json["detail"]


def test_a_token_is_made_and_removed_through_the_api(farm, ben):
    made = ben.post("/api/v1/account/tokens", json={"name": "ci", "scope": "read", "days": None})
    assert made.status_code == 201
    assert made.json["token"]["expires_at"] is None
    header = {"Authorization": f"Bearer {made.json['text']}"}
    assert farm.app.test_client().get("/api/v1/me", headers=header).json["name"] == "Ben"
    listed = ben.get("/api/v1/account/tokens").json["tokens"]
    assert [token["name"] for token in listed] == ["ci"]
    assert made.json["text"] not in str(listed)
    gone = ben.delete(f"/api/v1/account/tokens/{listed[0]['id']}")
    assert gone.status_code == 204
    assert farm.app.test_client().get("/api/v1/me", headers=header).status_code == 401


def test_an_open_farm_has_no_account_to_change(farm):
    assert farm.client.get("/api/v1/account").status_code == 409
    assert farm.post("/account/tokens", name="x", scope="read", days="90").status_code == 409
