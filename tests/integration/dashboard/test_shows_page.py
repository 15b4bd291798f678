"""The shows' pages, their API, and the paths of a shot as each kind of machine sees them."""

from __future__ import annotations

from datetime import UTC, datetime

from brender_farm.db.core import reading
from brender_farm.db.models import Shot, Subscription, WorkHour

API = "/api/v1/shows"
PATTERN = "out/{shot}/v{version:03}/{shot}_{frame:04}.{ext}"


def add(farm, name="Lantern", folder="lantern", **asked):
    """Add a show through the API, as a script would."""
    root = farm.root / folder
    root.mkdir(exist_ok=True)
    response = farm.client.post(API, json={"name": name, "root": str(root), **asked})
    assert response.status_code == 201, response.text
    return response.json


def stored(farm, shot_id, column):
    with farm.app.app_context(), reading() as session:
        return getattr(session.get_one(Shot, shot_id), column)


def test_a_show_is_added_on_its_page_and_listed(farm):
    assert "No shows yet" in farm.text("/shows")
    (farm.root / "lantern").mkdir()
    sent = {"name": "Lantern", "root": str(farm.root / "lantern"), "root_windows": "L:/lantern"}
    response = farm.post("/shows/new", **sent, output_pattern=PATTERN)
    assert response.location == "/shows/1"
    page = farm.text("/shows/1")
    assert "Show Lantern is added." in page
    assert "L:\\lantern\\out\\sh010\\v001\\sh010_0001.png" in page
    farm.add_shot("sh010", show_id=1, done=4)
    listed = farm.text("/shows")
    assert 'href="/shots?show=1"' in listed
    assert "/shows/1" in farm.text("/shows/1/delete")


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(farm):
    response = farm.post("/shows/new", name="Lantern", root="/etc", output_pattern="{shot}.png")
    assert response.status_code == 422
    assert "2 fields to mend below" in response.text
    assert 'aria-describedby="root-fault-1"' in response.text
    assert 'aria-describedby="output_pattern-fault-1"' in response.text
    assert 'value="{shot}.png"' in response.text


def test_the_preview_shows_what_is_typed_as_each_kind_of_machine_sees_it(farm):
    page = farm.post(
        "/shows/preview", name="x", root="/srv/x", root_macos="/Volumes/x", output_pattern=PATTERN
    )
    assert "/srv/x/out/sh010/v001/sh010_0001.png" in page.text
    assert "/Volumes/x/out/sh010/v001/sh010_0001.png" in page.text
    page = farm.post("/shows/preview", root="/srv/x", output_pattern="{nope}/{frame:04}.{ext}")
    assert "is no field" in page.text


def test_a_show_is_changed_and_its_shots_keep_their_paths(farm):
    add(farm)
    shot = farm.add_shot("sh010", show_id=1)
    before = stored(farm, shot, "output_dir")
    assert "1 shot on the farm keeps its files and paths" in farm.text("/shows/1/change")
    (farm.root / "moved").mkdir()
    response = farm.post("/shows/1/change", name="Beacon", root=str(farm.root / "moved"))
    assert response.location == "/shows/1"
    assert "Beacon" in farm.text(f"/shots/{shot}")
    assert stored(farm, shot, "output_dir") == before


def test_deleting_names_what_stays_and_what_goes(farm):
    add(farm)
    farm.post("/shows/1/activate")
    shot = farm.add_shot("sh010", show_id=1, done=4)
    with farm.writing() as session:
        session.add(Subscription(owner="mira", address="json://example", show_id=1))
    asked = farm.text("/shows/1/delete")
    assert "1 shot with <b>4 finished frames</b> stays on the farm" in asked
    assert "1 shot is not over" in asked
    assert "1 notification about it ends" in asked
    assert "that it is the active show" in asked
    assert farm.post("/shows/1/delete").location == "/shows"
    assert farm.get("/shows/1").status_code == 404
    assert stored(farm, shot, "show_id") is None
    assert farm.client.get("/api/v1/shows").json == {"shows": []}


def test_one_show_is_active_and_the_submit_form_begins_there(farm):
    add(farm)
    add(farm, "Harbour", "harbour")
    farm.post("/shows/2/activate")
    farm.post("/shows/1/activate")
    assert [show["is_active"] for show in farm.client.get(API).json["shows"]] == [False, True]
    (farm.root / "lantern" / "here.txt").write_text("")
    assert f'value="{farm.root / "lantern"}"' in farm.text("/submit")
    farm.post("/shows/1/deactivate")
    assert "Active" not in farm.text("/shows")


def test_a_show_says_which_nodes_see_its_root(farm):
    show = add(farm, root_windows="L:\\lantern")
    facts = {"hostname": "x", "cpu_count": 8, "blender_versions": ["4.5.15"]}
    atlas = farm.add_node("atlas", facts=facts | {"os": "Linux 6.1"})
    farm.add_node("bora", facts=facts | {"os": "Linux 6.1"}, warm=[f"{show['root']}/a.blend"])
    farm.add_node("coral", facts=facts | {"os": "Linux 6.1"}, warm=["/elsewhere/a.blend"])
    unwell = {f"{show['root']}/renders/a/v001": "It is full."}
    farm.add_node("delta", facts=facts | {"os": "Windows 11"}, unwell=unwell)
    with farm.writing() as session:
        now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        session.add(
            WorkHour(at=now, node_id=atlas, submitter="mira", show_id=1, done_count=7, seconds=70)
        )
    page = farm.text("/shows/1")
    assert "2 of 3 see it" in page
    assert "Not known of coral:" in page
    assert "It is full." in page
    assert ": 7 frames" in page


def test_statistics_are_told_by_show_and_of_one_show(farm):
    add(farm)
    with farm.writing() as session:
        now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        values = {"at": now, "node_id": 1, "submitter": "mira", "seconds": 3600.0}
        session.add(WorkHour(**values, show_id=1, done_count=5))
        session.add(WorkHour(**values, show_id=0, done_count=2))
    table = farm.get("/statistics/shows.csv").text.splitlines()
    assert sorted(table[1:]) == ["(no show),2,0,1.0000", "Lantern,5,0,1.0000"]
    assert farm.get("/statistics/people.csv?show=1").text.splitlines()[1] == "mira,5,0,1.0000"
    assert "Statistics of" in farm.text("/statistics?show=1")
    assert farm.get("/statistics?show=9").status_code == 404


def test_a_shot_shows_its_output_as_each_kind_of_machine_sees_it(farm):
    show = add(farm, root_macos="/Volumes/lantern", root_windows="\\\\nas\\lantern")
    folder = f"{show['root']}/renders/a/v001"
    shot = farm.add_shot("a", show_id=1, output_dir=folder)
    page = farm.text(f"/shots/{shot}")
    for path in (folder, "/Volumes/lantern/renders/a/v001", "\\\\nas\\lantern\\renders\\a\\v001"):
        assert f'data-copy="{path}"' in page
    assert '<a href="/shows/1">Lantern</a>' in page
    assert 'data-system="windows"' not in farm.text(f"/shots/{farm.add_shot('b')}")


def test_text_of_people_is_shown_as_text(farm):
    add(farm, "<b>Lantern</b>", notes="<script>alert(1)</script>")
    for url in ("/shows", "/shows/1", "/shows/1/change", "/shows/1/delete"):
        page = farm.text(url)
        assert "<b>Lantern" not in page
        assert "<script>alert" not in page


def test_the_api_does_the_same(farm):
    show = add(farm, output_pattern=PATTERN)
    assert farm.client.get(f"{API}/1").json == show
    changed = farm.client.patch(f"{API}/1", json={"root_linux": "/mnt/lantern/"}).json
    assert (changed["root_linux"], changed["output_pattern"]) == ("/mnt/lantern", PATTERN)
    assert farm.client.put(f"{API}/1/active", json={}).json["is_active"]
    assert farm.client.delete(f"{API}/active").status_code == 204
    blend = farm.root / "lantern" / "sh010.blend"
    farm.blend().rename(blend)
    sent = farm.client.post("/api/v1/shots", json={"blend": str(blend), "frames": "1-2"}).json
    assert (sent["shot"]["show_id"], sent["shot"]["show"]) == (1, "Lantern")
    assert sent["output_dir"] == f"{show['root']}/out/sh010/v001"
    told = farm.client.get(f"/api/v1/shots/{sent['shot']['id']}").json
    assert (told["padding"], told["file_prefix"]) == (4, "sh010_")
    wrong = farm.client.post("/api/v1/shots", json={"blend": str(blend), "show": "nope"})
    assert wrong.status_code == 422
    assert wrong.json["faults"][0]["field"] == "show"
    assert farm.client.delete(f"{API}/1").status_code == 204
    assert farm.client.delete(f"{API}/1").status_code == 404
    refused = farm.client.post(API, json={"name": "x", "root": "relative"})
    assert refused.status_code == 422


def test_the_pages_cost_the_same_queries_for_many_shots_and_nodes(farm):
    add(farm)
    farm.add_shot("sh0", show_id=1)
    farm.add_node("node0")
    farm.text("/shows/1")
    with farm.counted_queries() as few:
        farm.text("/shows/1")
    for number in range(1, 5):
        farm.add_shot(f"sh{number}", show_id=1)
        farm.add_node(f"node{number}")
    with farm.counted_queries() as many:
        farm.text("/shows/1")
    assert len(many) == len(few)


def test_scripts_run_only_when_the_box_is_ticked_and_the_page_warns(farm):
    (farm.root / "lantern").mkdir()
    sent = {"name": "Lantern", "root": str(farm.root / "lantern")}
    farm.post("/shows/new", **sent)
    assert "Scripts may run" not in farm.text("/shows/1") + farm.text("/shows")
    farm.post("/shows/1/change", **sent, auto_run="yes")
    assert "Scripts may run" in farm.text("/shows/1")
    assert "Scripts may run" in farm.text("/shows")
    assert 'value="yes" checked' in farm.text("/shows/1/change")
    refused = farm.post("/shows/1/change", name="", root="/etc", auto_run="yes")
    assert 'value="yes" checked' in refused.text
    farm.post("/shows/1/change", **sent)
    assert farm.client.get(f"{API}/1").json["auto_run"] is False
    assert "may run now" in farm.text("/events?subject=show")


def test_the_api_lets_scripts_run(farm):
    assert add(farm)["auto_run"] is False
    changed = farm.client.patch(f"{API}/1", json={"auto_run": True})
    assert changed.json["auto_run"] is True
    assert farm.client.patch(f"{API}/1", json={"notes": "x"}).json["auto_run"] is True
    assert farm.client.patch(f"{API}/1", json={"auto_run": "perhaps"}).status_code == 422
