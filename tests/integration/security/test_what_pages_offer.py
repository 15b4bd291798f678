"""A page offers nobody what they would then be refused: no form, no link."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from werkzeug.exceptions import HTTPException

from brender_farm.db.models import Frame
from brender_farm.domain.person import Person
from brender_farm.domain.roles import Right, Role
from brender_farm.service.shapes.shows import ShowRequest
from brender_farm.service.show_changes import add_show as add_a_show
from dashboard.rights import PUBLIC, needed

PAGES = (
    "/",
    "/shots",
    "/queue",
    "/nodes",
    "/nodes?look=cards",
    "/nodes/atlas",
    "/failures",
    "/events",
    "/logs",
    "/statistics",
    "/shows",
    "/shows/{show}",
    "/presets",
    "/limits",
    "/notices",
    "/settings",
    "/status",
    "/shots/{shot}",
    "/shots/{shot}/frames/1",
    "/shots/{shot}/frames/4",
    "/shots/{shot}/plots",
    "/shots/{shot}/film",
    "/shots/{shot}/play",
    "/shots/{shot}/download",
    "/compare?shot={shot}&frame=1",
    "/chunks/{chunk}/log",
)


class Offers(HTMLParser):
    """Where the links and the forms of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._form = ("", "GET")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.found.append(("GET", given["href"]))
        if tag == "form":
            self._form = (given.get("action") or "", (given.get("method") or "get").upper())
        if tag in ("button", "input") and (tag == "button" or given.get("type") == "submit"):
            target = given.get("formaction") or self._form[0]
            if given.get("type") != "button" and target:
                self.found.append((self._form[1], target))


@pytest.fixture
def evening(farm):
    """A farm with something of everything: shots of two artists, one of them with failures."""
    node = farm.add_node("atlas")
    shots = {}
    for name in ("eva", "ben"):
        shot = farm.add_shot(f"of-{name}", count=6, done=3, state="rendering", submitter=name)
        with farm.writing() as session:
            session.add(failed_frame(shot))
        shots[name] = (shot, farm.add_chunk(shot, node, frames="5", spans="4-5", frame_count=1))
    return shots


def failed_frame(shot_id: int) -> Frame:
    now = datetime.now(UTC)
    return Frame(shot_id=shot_id, frame=4, state="failed", tries=3, reason="It broke.", at=now)


def add_show(farm) -> int:
    folder = farm.root / "dune"
    folder.mkdir(exist_ok=True)
    with farm.app.app_context():
        asked = ShowRequest(name="Dune", root=str(folder))
        return add_a_show(asked, actor="test").id


def offers(farm, client, path: str) -> set[tuple[str, str]]:
    """Return (method, endpoint) of all that a page leads to on the farm."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
    parser = Offers()
    parser.feed(answer.text)
    urls = farm.app.url_map.bind("localhost")
    found = set()
    for method, target in parser.found:
        address = urlsplit(urljoin(f"http://localhost{path}", target))
        if address.netloc != "localhost":
            continue
        try:
            endpoint, args = urls.match(address.path, method=method)
        except HTTPException as error:
            raise AssertionError(f"{path} leads to {method} {target}: {error}") from error
        found.add((method, endpoint, args.get("shot_id"), args.get("chunk_id")))
    return found


@pytest.mark.parametrize("role", list(Role))
def test_no_page_offers_what_would_be_refused(farm, evening, role):
    client = farm.sign_in("eva", role)
    show = add_show(farm)
    whose = {shot: name for name, (shot, _) in evening.items()}
    whose |= {-chunk: name for name, (_, chunk) in evening.items()}
    refused = []
    for shot, chunk in evening.values():
        for page in PAGES:
            path = page.format(shot=shot, chunk=chunk, show=show)
            for method, endpoint, shot_id, chunk_id in offers(farm, client, path):
                right = needed(endpoint, method)
                of = whose.get(shot_id or -(chunk_id or 0), "eva")
                if endpoint in PUBLIC:
                    continue
                if right is None or not may(role, right, of):
                    refused.append(f"{path}: {method} {endpoint}")
    assert sorted(set(refused)) == []


def may(role: Role, right: Right, submitter: str) -> bool:
    person = Person(name="eva", role=role)
    return person.may_steer(submitter) if right is Right.SHOT else person.may(right)
