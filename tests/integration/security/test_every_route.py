"""Every route, for every role: what the door answers, and what docs/security.md says it does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from brender_farm.domain.roles import Right, Role, Scope, rights_of
from dashboard.rights import NEEDS, PUBLIC, READING, needed

DOCS = Path(__file__).parents[3] / "docs" / "security.md"
ROW = re.compile(r"^\| `(?P<right>\w+)` \|(?P<cells>.+)\|$", re.MULTILINE)
REFUSED = {401, 403}


def routes(app) -> list[tuple[str, str, str]]:
    """Return (endpoint, method, a path that leads there) of all that the dashboard answers."""
    fill = {"int": "1", "path": "x", "default": "x"}
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(
            r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda m: fill[m[1] or "default"], str(rule)
        )
        methods = sorted(rule.methods - {"HEAD", "OPTIONS"})
        found += [(rule.endpoint, method, path) for method in methods]
    return sorted(set(found))


def ask(client, method: str, path: str, **options):
    """Send a request as a program or a page would, with nothing in it."""
    if path.startswith("/api/"):
        options["json"] = {} if method not in READING | {"DELETE"} else None
    return client.open(path, method=method, buffered=True, **options)


def test_nothing_is_missing_in_the_table_and_nothing_in_it_is_gone(farm):
    known = {endpoint for endpoint, _, _ in routes(farm.app)}
    missing = {
        f"{method} {endpoint}"
        for endpoint, method, _ in routes(farm.app)
        if endpoint not in PUBLIC and needed(endpoint, method) is None
    }
    blueprints = {f"{endpoint.rpartition('.')[0]}.*" for endpoint in known}
    assert missing == set()
    assert {key for key in NEEDS if key not in known | blueprints} == set()
    assert PUBLIC - known == set()


def test_the_docs_say_what_each_role_and_scope_has():
    told = {match["right"]: match["cells"] for match in ROW.finditer(DOCS.read_text())}
    columns = [*Role, *Scope]
    assert set(told) == set(Right)
    for right in Right:
        cells = [cell.strip() for cell in told[right].split("|")][-len(columns) :]
        has = [right in rights_of(role) for role in Role]
        has += [right in rights_of(Role.ADMIN, scope) for scope in Scope]
        assert [cell == "yes" for cell in cells] == has, right


@pytest.fixture
def closed(farm):
    """A farm with a user of each role, none of whom has submitted the shot that is there."""
    clients = {role: farm.sign_in(f"one-{role}", role) for role in reversed(Role)}
    farm.app.config["WTF_CSRF_ENABLED"] = False  # the door is what is tested here
    node = farm.add_node()
    shot = farm.add_shot(state="paused")
    farm.add_chunk(shot, node, state="done")
    return clients


def test_a_stranger_gets_nowhere_but_to_what_is_public(farm, closed):
    stranger, wrong = farm.app.test_client(), {"Authorization": "Bearer brd_wrong"}
    let_in = []
    for endpoint, method, path in routes(farm.app):
        if endpoint in PUBLIC:
            continue
        for headers in ({}, wrong):
            answer = ask(stranger, method, path, headers=headers)
            to_login = answer.status_code == 302 and answer.location.startswith("/login")
            if not to_login and answer.status_code != 401:
                let_in.append(f"{method} {path}: {answer.status_code}")
    assert let_in == []


def wrongly_answered(farm, client, rights: frozenset[Right], **options) -> list[str]:
    """Return where somebody with these rights is let through and should not be, or the reverse.

    What would change something is asked for only where it must be refused.
    """
    wrong = []
    for endpoint, method, path in routes(farm.app):
        right = needed(endpoint, method)
        if endpoint in PUBLIC or endpoint.startswith("flower."):
            continue
        may = right in rights
        if right is Right.SHOT and re.search(r"/(shots|chunks)/1\b", path):
            may = may and Right.ALL_SHOTS in rights  # it is another's shot
        if may and method not in READING:
            continue
        status = ask(client, method, path, **options).status_code
        if (status in REFUSED) == may or status == 500:
            wrong.append(f"{method} {path} ({right}): {status}")
    return wrong


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_let_through_exactly_where_the_table_says(farm, closed, role):
    assert wrongly_answered(farm, closed[role], rights_of(role)) == []


def test_what_is_refused_changes_nothing(farm, closed):
    before = farm.contents()
    for endpoint, method, path in routes(farm.app):
        if endpoint not in PUBLIC and method not in READING:
            if needed(endpoint, method) not in rights_of(Role.VIEWER):
                ask(closed[Role.VIEWER], method, path)
            ask(farm.app.test_client(), method, path)
    assert farm.contents() == before


@pytest.mark.parametrize("scope", list(Scope))
def test_a_token_is_let_through_as_far_as_its_scope(farm, closed, scope):
    headers = farm.token(f"one-{Role.ADMIN}", scope)
    rights = rights_of(Role.ADMIN, scope)
    assert wrongly_answered(farm, farm.app.test_client(), rights, headers=headers) == []
