from html.parser import HTMLParser

import pytest


def test_the_root_is_the_overview(farm):
    assert "Overview" in farm.text("/")


def test_a_shot_is_listed_with_its_figures(farm):
    farm.add_shot("lantern", count=10, done=4)
    text = farm.text("/shots")
    assert "lantern" in text
    assert "4 of 10 frames done" in text
    assert "40 %" in text
    assert "2.0 s" in text


def test_an_empty_farm_says_what_to_do_first(farm):
    text = farm.text("/shots")
    assert "Submit the first shot" in text
    assert "brender submit scene.blend" in text


def test_shots_are_searched_filtered_sorted_and_paged_by_the_address(farm):
    for number in range(30):
        farm.add_shot(f"fog_{number:02}", priority=number)
    farm.add_shot("lantern", state="paused", reason="Wait for the rig.")
    assert names(farm.text("/shots?search=lant")) == ["lantern"]
    assert names(farm.text("/shots?state=paused")) == ["lantern"]
    assert names(farm.text("/shots?sort=name&size=25"))[:2] == ["fog_00", "fog_01"]
    assert names(farm.text("/shots?sort=-priority&search=fog"))[0] == "fog_29"
    assert len(names(farm.text("/shots?size=25&page=2"))) == 6


def test_a_search_without_a_match_offers_the_way_back(farm):
    farm.add_shot()
    assert "Show all shots" in farm.text("/shots?search=nothing")


def test_a_poll_is_answered_only_when_something_changed(farm):
    farm.add_shot()
    tag = farm.tag("/shots")
    assert farm.get(f"/shots/live?tag={tag}").status_code == 304
    farm.add_shot("another")
    changed = farm.get(f"/shots/live?tag={tag}")
    assert changed.status_code == 200
    assert "another" in changed.text


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '" onclick="alert(1)', "{{ 7*7 }}"])
def test_a_name_is_shown_as_it_is_and_never_run(farm, name):
    shot_id = farm.add_shot("x", state="paused")
    with farm.writing() as session:
        from brender_farm.db.models import Shot

        shot = session.get(Shot, shot_id)
        shot.name = shot.reason = shot.submitter = name
    for url in ("/shots", f"/shots/{shot_id}", f"/shots/{shot_id}/actions/cancel"):
        text = farm.text(url)
        assert "<script>alert" not in text
        assert 'onclick="' not in text
        assert "49" not in names(text)


def test_the_page_costs_few_queries_however_many_shots_there_are(farm):
    for number in range(60):
        farm.add_shot(f"fog_{number}", done=1)
    with farm.counted_queries() as queries:
        farm.text("/shots")
    assert len(queries) <= 12


def test_an_unchanged_poll_costs_one_query(farm):
    farm.add_shot()
    tag = farm.tag("/shots")
    with farm.counted_queries() as queries:
        farm.get(f"/shots/live?tag={tag}")
    assert len(queries) == 1


class Names(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self._inside = [], False

    def handle_starttag(self, tag, attrs):
        self._inside = dict(attrs).get("class") == "stretched-link"

    def handle_data(self, data):
        if self._inside:
            self.found.append(data)
        self._inside = False


def names(text):
    parser = Names()
    parser.feed(text)
    return parser.found
