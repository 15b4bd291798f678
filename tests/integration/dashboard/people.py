"""People in front of the dashboard, whose browsers send forms as the pages have them."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "the secret of {}"


def csrf_of(client: FlaskClient, path: str, **options: object) -> str:
    """Return the token of the forms on a page."""
    page = client.get(path, **options)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found is not None, (path, page.status_code, page.text[:500])
    return found[1]


def send(client: FlaskClient, path: str, *, on: str, **values: str) -> TestResponse:
    """Send a form that stands on the page `on`."""
    return client.post(path, data=values | {"csrf_token": csrf_of(client, on)})


def log_in(client: FlaskClient, name: str, password: str = "", **values: str) -> TestResponse:
    """Sign in as somebody would."""
    words = password or PASSWORD.format(name)
    return send(client, "/login", on="/login", name=name, password=words, **values)


def cookie(client: FlaskClient) -> str:
    """Return what the browser keeps."""
    kept = client.get_cookie("brender_session")
    return kept.value if kept is not None else ""
