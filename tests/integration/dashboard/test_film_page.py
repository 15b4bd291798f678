"""Films of shots: made in the background, kept, watched and taken along."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest

from brender_farm.db.models import Event, Frame, Shot
from brender_farm.errors import ActionRefused, FarmError
from brender_farm.service import film_maker, film_watch
from brender_farm.service.deletion import delete_shot
from brender_farm.service.farm_settings import change_setting
from brender_farm.service.film_maker import make_film_of
from brender_farm.service.film_store import FilmStore, film_state
from dashboard.security import CONTENT_SECURITY_POLICY
from dashboard.views.film import PART_BYTES


@pytest.fixture
def shot_id(farm):
    """Return a completed shot of three frames."""
    return completed(farm, "lantern", 3)


@pytest.fixture
def watch(farm):
    return farm.app.extensions["brender_films"]


@pytest.fixture
def store(farm):
    return FilmStore(farm.settings.data_dir / "films")


def completed(farm, name, count, **changes):
    farm.blend()
    for frame in range(1, count + 1):
        farm.write_frame(name, frame)
    over = {"state": "completed", "finished_at": datetime.now(UTC)}
    return farm.add_shot(name, count=count, done=count, **(over | changes))


def state(farm, shot_id):
    with farm.app.app_context():
        return film_state(shot_id)


def test_a_completed_shot_gets_a_film_by_itself(farm, watch, shot_id):
    assert "There is no film yet" in farm.text(f"/shots/{shot_id}/film")
    assert watch.look()
    found = state(farm, shot_id)
    assert found.is_current
    assert (found.film.frame_count, found.film.gap_count, found.film.width) == (3, 0, 160)
    assert found.film.fps == 24  # as its scene says
    page = farm.text(f"/shots/{shot_id}/film")
    assert f'src="/shots/{shot_id}/film.mp4?v=' in page
    assert not watch.look()


def test_its_page_plays_the_film_and_the_policy_lets_it(farm, watch, shot_id):
    before = farm.tag(f"/shots/{shot_id}")
    watch.look()
    assert "<video" in farm.text(f"/shots/{shot_id}")
    assert farm.tag(f"/shots/{shot_id}") != before
    assert "media-src 'self'" in CONTENT_SECURITY_POLICY


def test_a_film_is_sent_in_the_parts_that_a_player_asks_for(farm, watch, shot_id):
    watch.look()
    url = f"/shots/{shot_id}/film.mp4"
    whole = farm.get(url)
    assert (whole.status_code, whole.mimetype) == (200, "video/mp4")
    part = farm.get(url, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, whole.data[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.data)}"
    rest = farm.get(url, headers={"Range": "bytes=30-"})
    assert (rest.status_code, rest.data) == (206, whole.data[30:])
    named = farm.get(f"{url}?download=1").headers["Content-Disposition"]
    assert named == "attachment; filename=lantern.mp4"


def test_a_player_that_asks_for_all_the_rest_gets_the_next_part(farm, shot_id, store):
    store.folder.mkdir()
    store.film(shot_id).write_bytes(bytes(5_000_000))
    for wanted in ("bytes=1000-", "bytes=1000-4999999"):
        part = farm.get(f"/shots/{shot_id}/film.mp4", headers={"Range": wanted})
        assert part.headers["Content-Range"] == f"bytes 1000-{1000 + PART_BYTES - 1}/5000000"
    assert farm.get(f"/shots/{shot_id}/film.mp4").content_length == 5_000_000


def test_a_film_of_an_unfinished_shot_is_made_when_somebody_asks(farm, watch):
    shot_id = farm.add_shot("lantern", count=4, done=2)
    farm.write_frame("lantern", 1)
    farm.write_frame("lantern", 2)
    assert not watch.look()
    answer = farm.post(f"/shots/{shot_id}/film")
    assert answer.status_code == 302
    assert state(farm, shot_id).is_wanted
    assert "It was asked for" in farm.text(f"/shots/{shot_id}/film")
    assert watch.look()
    found = state(farm, shot_id)
    assert (found.film.frame_count, found.film.gap_count, found.is_wanted) == (4, 2, False)
    assert "2 frames of 4 were not there" in farm.text(f"/shots/{shot_id}/film")
    with farm.writing() as session:
        told = session.query(Event).filter(Event.reason.contains("film was asked for")).one()
        assert told.subject_id == shot_id


def test_a_wish_outlives_the_process_that_heard_it(farm, shot_id):
    farm.post(f"/shots/{shot_id}/film")
    restarted = film_watch.FilmWatch(farm.app)
    assert restarted.look()
    assert state(farm, shot_id).is_current


def test_of_frames_that_are_not_there_no_film_is_made(farm):
    shot_id = farm.add_shot("lantern", count=4)
    assert farm.post(f"/shots/{shot_id}/film").status_code == 409
    assert "Make a film" not in farm.text(f"/shots/{shot_id}/film")
    with farm.app.app_context(), pytest.raises(ActionRefused, match="no finished frame"):
        make_film_of(shot_id)


def test_a_film_is_made_anew_when_the_shot_was_rendered_again(farm, watch, shot_id):
    watch.look()
    with farm.writing() as session:
        session.get(Shot, shot_id).render_seconds += 1.5
        session.get(Shot, shot_id).finished_at = datetime.now(UTC)
        farm_row = session.get(Shot, shot_id)
        farm_row.rev += 1
    assert not state(farm, shot_id).is_current
    assert "Older than its frames" in farm.text(f"/shots/{shot_id}/film")
    farm.add_shot("other")  # anything that happens makes the watch look
    assert watch.look()
    assert state(farm, shot_id).is_current


def test_what_cannot_be_filmed_is_told_and_not_tried_again(farm, watch):
    shot_id = farm.add_shot(
        "gone", count=2, done=2, state="completed", finished_at=datetime.now(UTC)
    )
    assert watch.look()
    found = state(farm, shot_id)
    assert found.film is None
    assert "None of the pictures can be read" in found.trouble
    assert "No film could be made" in farm.text(f"/shots/{shot_id}/film")
    farm.add_shot("other")
    assert not watch.look()


def test_films_can_be_turned_off(farm, watch, shot_id):
    with farm.app.app_context():
        change_setting("films", "off", actor="mira")
    assert not watch.look()
    farm.post(f"/shots/{shot_id}/film")
    assert watch.look()  # but for who asks


def test_old_shots_and_single_pictures_get_no_film_by_themselves(farm, watch):
    completed(farm, "old", 2, finished_at=datetime.now(UTC) - timedelta(days=30))
    completed(farm, "single", 1)
    assert not watch.look()


def test_the_newest_shot_comes_first_and_wishes_before_it(farm):
    early = completed(farm, "early", 2, finished_at=datetime.now(UTC) - timedelta(hours=2))
    late = completed(farm, "late", 2)
    with farm.app.app_context():
        assert film_watch.next_film() == late
        farm.post(f"/shots/{early}/film")
        assert film_watch.next_film() == early


def test_only_one_process_of_a_machine_makes_films(farm, watch, shot_id, store):
    with film_maker._one_at_a_time(store):
        assert not watch.look()
    farm.add_shot("other")
    assert watch.look()


def test_an_older_film_stays_until_the_new_one_is_there_and_no_parts_are_left(
    farm, watch, shot_id, store, monkeypatch
):
    watch.look()
    before = store.film(shot_id).read_bytes()
    for path in (farm.root / "renders" / "lantern").glob("*.png"):
        path.unlink()
    with farm.app.app_context(), pytest.raises(FarmError, match="None of the pictures"):
        make_film_of(shot_id)
    assert store.film(shot_id).read_bytes() == before
    assert {path.name for path in store.folder.iterdir()} == {
        ".lock",
        f"{shot_id}.json",
        f"{shot_id}.mp4",
    }


def test_how_far_a_film_is_can_be_seen_while_it_is_made(farm, shot_id, store):
    store.folder.mkdir()
    store.keep_progress(shot_id, film_maker.FilmProgress(done=12, total=48))
    page = farm.text(f"/shots/{shot_id}/film")
    assert "The film is being made" in page
    assert '<b class="num">12</b> of 48 frames' in page
    hour_ago = datetime.now(UTC).timestamp() - 3600
    os.utime(store._progress(shot_id), (hour_ago, hour_ago))  # its process was killed
    assert "The film is being made" not in farm.text(f"/shots/{shot_id}/film")


def test_a_film_is_forgotten_with_its_shot(farm, watch, shot_id, store):
    watch.look()
    with farm.app.app_context():
        delete_shot(shot_id, actor="mira")
    assert not watch.look()
    assert store.shot_ids() == set()


def test_the_oldest_films_go_when_they_take_too_much(store):
    store.folder.mkdir(parents=True)
    for shot_id, age in ((1, 300), (2, 200), (3, 100)):
        store.film(shot_id).write_bytes(b"x" * 1000)
        when = datetime.now(UTC).timestamp() - age
        os.utime(store.film(shot_id), (when, when))
    assert store.tidy(2000, but=3) == 1
    assert not store.film(1).exists()
    assert store.tidy(0, but=3) == 1  # the one that was just made stays
    assert store.film(3).exists()


def test_the_api_tells_of_a_film_and_takes_a_wish(farm, watch, shot_id):
    url = f"/api/v1/shots/{shot_id}/film"
    assert farm.get(url).json["film"] is None
    asked = farm.client.post(url, json={})
    assert (asked.status_code, asked.json["is_wanted"]) == (202, True)
    watch.look()
    told = farm.get(url).json
    assert (told["is_current"], told["film"]["frame_count"]) == (True, 3)
    assert told["url"].endswith(f"/shots/{shot_id}/film.mp4")
    assert farm.get("/api/v1/shots/99/film").status_code == 404


def test_pages_answer_while_a_film_is_made(farm, watch, shot_id):
    making = threading.Thread(target=watch.look)
    making.start()
    assert farm.get(f"/shots/{shot_id}").status_code == 200
    making.join()
    with av.open(str(FilmStore(Path(farm.settings.data_dir) / "films").film(shot_id))) as film:
        assert film.streams.video[0].frames == 3


def test_frames_of_other_shots_are_no_part_of_it(farm, watch, shot_id):
    with farm.writing() as session:
        session.get(Frame, (shot_id, 2)).state = "failed"
        session.get(Shot, shot_id).done_count = 2
    watch.look()
    assert state(farm, shot_id).film.gap_count == 1
