"""Users: the page, and the same as JSON."""

from __future__ import annotations

import html
import re

import pytest

from brender_farm.service import sign_in_limits
from tests.integration.dashboard.people import log_in, send

API = "/api/v1/users"
GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def nobody_guessed():
    sign_in_limits.forget_failures()


@pytest.fixture
def anna(farm):
    return farm.sign_in("Anna")


def add(client, name="Ben", role="artist"):
    return send(client, "/users", on="/users", name=name, role=role)


def link_in(page: str) -> str:
    return html.unescape(re.search(r"<code>http://[^/]+(/welcome/[^<]+)</code>", page)[1])


def test_a_user_is_added_and_comes_in_by_the_link(farm, anna):
    added = add(anna)
    assert added.status_code == 201
    assert added.headers["Cache-Control"] == "no-store"
    assert "BRENDER_PUBLIC_URL" in added.text  # this farm was opened as localhost
    link, ben = link_in(added.text), farm.app.test_client()
    send(ben, link, on=link, password=GOOD, again=GOOD)
    assert ben.get("/submit").status_code == 200
    listed = anna.get("/users").text
    assert "Ben" in listed
    assert link not in listed


def test_the_first_user_is_an_admin_and_is_led_to_the_password(farm):
    page = farm.text("/users")
    assert "This farm has no login" in page
    assert 'name="role" value="admin"' in page
    answer = send(farm.client, "/users", on="/users", name="Anna", role="admin")
    assert answer.status_code == 303
    assert answer.location.startswith("/welcome/")
    assert farm.get("/shots").status_code == 302
    send(farm.client, answer.location, on=answer.location, password=GOOD, again=GOOD)
    assert farm.get("/users").status_code == 200


def test_the_first_user_cannot_be_anything_else(farm):
    answer = send(farm.client, "/users", on="/users", name="Anna", role="artist")
    assert answer.status_code == 422
    assert "The first user has to be an admin." in answer.text
    assert farm.client.post(API, json={"name": "Anna", "role": "viewer"}).status_code == 422
    assert farm.get("/shots").status_code == 200


def test_what_is_wrong_with_a_name_is_said_at_its_field(anna):
    add(anna)
    for name, words in (("ben", "There is a user ben already."), ("a/b", "cannot be a user")):
        answer = add(anna, name)
        assert answer.status_code == 422
        assert words in html.unescape(answer.text)
        assert f'value="{name}"' in answer.text


def test_only_admins_see_users(farm, anna):
    wrangler = farm.sign_in("Will", "wrangler")
    assert wrangler.get("/users").status_code == 403
    assert wrangler.get(API).status_code == 403
    assert 'href="/users"' not in wrangler.get("/shots").text
    assert 'href="/users"' in anna.get("/shots").text


def test_a_role_counts_at_once(farm, anna):
    ben = farm.sign_in("Ben", "viewer")
    assert ben.get("/submit").status_code == 403
    send(anna, "/users/2/role", on="/users/2", role="artist")
    assert ben.get("/submit").status_code == 200


def test_a_disabled_user_is_out_and_comes_back_enabled(farm, anna):
    ben = farm.sign_in("Ben", "artist")
    send(anna, "/users/2/disable", on="/users/2")
    assert ben.get("/shots").status_code == 302
    assert log_in(ben, "Ben").status_code == 422
    assert "Disabled" in anna.get("/users").text
    send(anna, "/users/2/enable", on="/users/2")
    assert log_in(ben, "Ben").status_code == 303


def test_a_new_link_changes_the_password(farm, anna):
    ben = farm.sign_in("Ben", "artist")
    link = link_in(send(anna, "/users/2/invite", on="/users/2").text)
    assert ben.get("/shots").status_code == 200
    fresh = farm.app.test_client()
    send(fresh, link, on=link, password=GOOD, again=GOOD)
    assert ben.get("/shots").status_code == 302
    assert log_in(ben, "Ben").status_code == 422


def test_a_user_is_signed_out_everywhere(farm, anna):
    ben = farm.sign_in("Ben", "artist")
    send(anna, "/users/2/end-sign-ins", on="/users/2")
    assert ben.get("/shots").status_code == 302
    assert "No browser." in anna.get("/users/2").text


def test_removing_a_user_names_what_stays(farm, anna):
    ben = farm.sign_in("Ben", "artist")
    farm.token("Ben")
    farm.add_shot("lantern", submitter="Ben")
    asks = anna.get("/users/2/remove").text
    assert "<b>1 token</b> stops working" in asks
    assert "<b>1 shot</b>" in asks
    answer = send(anna, "/users/2/remove", on="/users/2/remove")
    assert answer.location == "/users"
    assert ben.get("/shots").status_code == 302
    assert "Ben" in anna.get("/shots/1").text
    assert anna.get("/users/2").status_code == 404


def test_the_last_admin_is_kept_and_told_so(anna):
    for path, values in (("role", {"role": "viewer"}), ("disable", {}), ("remove", {})):
        answer = send(anna, f"/users/1/{path}", on="/users/1", **values)
        assert answer.status_code == 409
        assert "only admin" in answer.text


def test_users_are_added_changed_and_removed_through_the_api(farm, anna):
    added = anna.post(API, json={"name": "Ben", "role": "artist"})
    assert added.status_code == 201
    assert added.json["url"].startswith("http://localhost/welcome/")
    where = f"{API}/{added.json['user']['id']}"
    assert added.headers["Location"].endswith(where)
    changed = anna.patch(where, json={"role": "wrangler", "is_enabled": False})
    assert (changed.json["role"], changed.json["is_enabled"]) == ("wrangler", False)
    assert anna.post(f"{where}/invite", json={}).status_code == 409
    anna.patch(where, json={"is_enabled": True})
    assert anna.post(f"{where}/invite", json={}).status_code == 201
    assert [user["name"] for user in anna.get(API).json["users"]] == ["Anna", "Ben"]
    assert anna.delete(f"{where}/sign-ins").status_code == 204
    assert anna.delete(where).status_code == 204
    assert anna.get(where).status_code == 404


def test_a_user_that_somebody_else_changed_is_not_changed_blindly(anna):
    anna.post(API, json={"name": "Ben", "role": "artist"})
    seen = anna.get(f"{API}/2").headers["ETag"]
    anna.patch(f"{API}/2", json={"role": "viewer"})
    late = anna.patch(f"{API}/2", json={"role": "admin"}, headers={"If-Match": seen})
    assert late.status_code == 412
    assert anna.get(f"{API}/2").json["role"] == "viewer"


def test_a_change_of_users_takes_few_queries(farm, anna):
    for number in range(30):
        anna.post(API, json={"name": f"user {number}", "role": "artist"})
    anna.get("/users")
    with farm.counted_queries() as seen:
        anna.get("/users")
    assert len(seen) < 12, seen
