"""A farm elsewhere that knows its people, and one that cannot be reached."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from brender_farm import connect, errors, submit_shot
from brender_farm.client import core_app
from brender_farm.db.core import writing
from brender_farm.db.models import Token
from brender_farm.service import tokens, users
from brender_farm.service.shapes.shows import ShowRequest
from dashboard.app import create_app
from tests.served import serving


@pytest.fixture
def url(here) -> Iterator[str]:
    """Return the address of a farm that has users."""
    with core_app().app_context():
        users.add_user("ada", "admin", actor="test")
    with serving(create_app(here)) as url:
        yield url


@pytest.fixture
def scene(here, tmp_path, data_dir) -> Path:
    return Path(shutil.copy(data_dir / "tiny.blend", tmp_path / "tiny.blend"))


def token_of(name: str, *, role: str = "artist", scope: str = "full") -> str:
    with core_app().app_context():
        if name not in [row.name for row in users.list_users()]:
            users.add_user(name, role, actor="test")
        return tokens.add_token(users.find_user(name).id, "script", scope, actor="test").text


def test_a_token_says_who_submits(url, scene):
    farm = connect(url, token_of("tom"))
    shot = farm.submit_shot(scene, frames="1-4")
    assert shot.detail.row.submitter == "tom"
    assert shot.act("pause") == "paused"
    assert [row.id for row in farm.shots()] == [shot.id]


def test_the_environment_may_say_where_the_farm_is_and_who_asks(url, scene, monkeypatch):
    monkeypatch.setenv("BRENDER_URL", f"{url}/")
    monkeypatch.setenv("BRENDER_TOKEN", token_of("tom"))
    shot = submit_shot(scene)
    assert (shot.detail.row.submitter, shot.url) == ("tom", f"{url}/shots/{shot.id}")
    assert connect().shots()[0].id == shot.id


def test_without_a_token_it_is_said_how_to_get_one(url):
    with pytest.raises(errors.SignInNeeded, match=r"who you are\. Make a token .*BRENDER_TOKEN"):
        connect(url)


def test_a_token_that_is_none_is_told_apart_from_none_at_all(url):
    with pytest.raises(errors.SignInNeeded, match="does not accept the token"):
        connect(url, "brd_mistyped")
    with pytest.raises(errors.FarmError, match="signs in it that no token has"):
        connect(url, "brd_\nX-Other: 1")


def test_a_token_that_has_expired_or_was_removed_lets_nobody_in(url):
    old, gone = token_of("tom"), token_of("tom")
    with core_app().app_context():
        first, second = sorted(tokens.list_tokens(), key=lambda row: row.id)
        tokens.remove_token(second.id, actor="test")
        with writing() as session:
            session.get_one(Token, first.id).expires_at = datetime.now(UTC) - timedelta(days=1)
    for token in (old, gone):
        with pytest.raises(errors.SignInNeeded, match="has expired"):
            connect(url, token)


def test_what_a_token_lacks_the_right_for_is_refused_with_the_reason(url, scene):
    reader = connect(url, token_of("tom", scope="read"))
    with pytest.raises(errors.NotAllowed, match=r"scope is read.*submit shots.*wider scope"):
        reader.submit_shot(scene)
    viewer = connect(url, token_of("eve", role="viewer"))
    with pytest.raises(errors.NotAllowed, match=r"You \(eve\) are viewer"):
        viewer.submit_shot(scene)


def test_another_persons_shot_is_left_alone(url, scene):
    shot = connect(url, token_of("tom")).submit_shot(scene)
    other = connect(url, token_of("mia")).get_shot(shot.id)
    with pytest.raises(errors.NotAllowed, match=r"This shot is tom's"):
        other.act("cancel")
    assert connect(url, token_of("wim", role="wrangler")).get_shot(shot.id).act("cancel")


def test_a_token_of_the_environment_goes_to_no_other_farm(url, monkeypatch):
    monkeypatch.setenv("BRENDER_URL", "https://farm.studio.com")
    monkeypatch.setenv("BRENDER_TOKEN", token_of("tom"))
    with pytest.raises(errors.SignInNeeded, match="who you are"):
        connect(url)


def test_where_nothing_listens_it_is_said_what_to_look_at(here):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(
        errors.FarmUnreachable, match=r"(?s)No farm answers.*Connection refused"
    ) as no:
        connect(f"http://127.0.0.1:{port}")
    assert not no.value.permanent


def test_a_name_that_is_none_is_said_so(here):
    with pytest.raises(errors.FarmUnreachable, match="no machine of that name"):
        connect("http://farm.invalid")


def test_https_where_there_is_none_is_said_so(url):
    with pytest.raises(errors.FarmUnreachable, match="does not speak TLS"):
        connect(url.replace("http:", "https:"), "brd_x")


def test_a_server_that_is_no_farm_is_told_apart(here):
    with answering("200 OK", "text/html", "<h1>It works!</h1>") as url, strange_farm():
        connect(url)
    with (
        answering("404 Not Found", "text/html", "Nothing here") as url,
        pytest.raises(errors.FarmError, match="no Brender farm"),
    ):
        connect(url)


def test_a_proxy_before_a_farm_that_is_down_is_told_apart(here, monkeypatch):
    monkeypatch.setattr("brender_farm.client.remote.http._READ.backoff_factor", 0)
    with (
        answering("502 Bad Gateway", "text/html", "Bad Gateway") as url,
        pytest.raises(errors.FarmUnreachable, match="does not reach its dashboard"),
    ):
        connect(url)


def test_an_address_that_sends_on_is_to_be_corrected(here):
    with (
        answering("301 Moved Permanently", "text/html", "", Location="https://farm/") as url,
        pytest.raises(errors.FarmError, match="Set BRENDER_URL to where the farm is"),
    ):
        connect(url)


def test_a_submission_whose_answer_is_lost_is_done_once(here, scene):
    app = create_app(here)
    app.wsgi_app = lossy = Lossy(app.wsgi_app, "POST")
    with serving(app) as url:
        farm = connect(url)
        shot = farm.submit_shot(scene, frames="1-4")
        assert lossy.lost == 1
        assert [row.id for row in farm.shots()] == [shot.id]


def test_what_has_no_key_is_not_sent_twice(here, scene):
    app = create_app(here)
    app.wsgi_app = lossy = Lossy(app.wsgi_app, "PATCH")
    with serving(app) as url:
        shot = connect(url).submit_shot(scene, frames="1-4")
        with pytest.raises(errors.FarmUnreachable, match="It may have been done all the same"):
            shot.edit(priority=80)
        assert lossy.lost == 1
        assert shot.detail.row.priority == 80


def test_a_look_whose_answer_is_lost_is_asked_for_again(here, scene):
    app = create_app(here)
    app.wsgi_app = lossy = Lossy(app.wsgi_app, "GET")
    with serving(app) as url:
        assert connect(url).shots() == ()
        assert lossy.lost == 1


class Lossy:
    """Does what is asked, and breaks the connection before the first answer to a method."""

    def __init__(self, app, method: str) -> None:
        self._app = app
        self._method = method
        self.lost = 0

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] != self._method or self.lost:
            return self._app(environ, start_response)
        self.lost += 1
        for _ in self._app(environ, lambda *_: None):
            pass
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError


@contextmanager
def answering(status: str, kind: str, text: str, **headers: str) -> Iterator[str]:
    """Serve the same answer to everything."""

    def app(_environ, start_response):
        start_response(status, [("Content-Type", kind), *headers.items()])
        return [text.encode()]

    with serving(app) as url:
        yield url


def strange_farm():
    return pytest.raises(errors.FarmError, match="form that this Brender")


def test_paths_are_taken_and_told_as_the_callers_machine_has_them(url, here, tmp_path, data_dir):
    (tmp_path / "lantern").mkdir()
    shutil.copy(data_dir / "tiny.blend", tmp_path / "lantern" / "tiny.blend")
    roots = {"root_linux": "/mnt/lantern", "root_windows": "L:\\lantern"}
    ada = connect(url, token_of("ada"))
    ada.backend.add_show(ShowRequest(name="Lantern", root=str(tmp_path / "lantern"), **roots))
    shot = ada.submit_shot("L:\\lantern\\tiny.blend", output="l:/Lantern/out/v003")
    detail = shot.detail
    assert detail.blend == str(tmp_path / "lantern" / "tiny.blend")
    assert detail.output_dir == str(tmp_path / "lantern" / "out" / "v003")
    assert (detail.row.show, shot.output) == ("Lantern", Path("/mnt/lantern/out/v003"))
    assert ada.submit_shot("/mnt/lantern/tiny.blend").detail.blend == detail.blend
    with pytest.raises(errors.RequestRefused) as refusal:
        ada.submit_shot("L:\\lantern\\..\\tiny.blend")
    assert [fault.field for fault in refusal.value.faults] == ["blend"]


def test_many_threads_ask_one_farm(url):
    farm, found = connect(url, token_of("tom")), []
    threads = [threading.Thread(target=lambda: found.append(farm.nodes())) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [()] * 12
