import re

import pytest


@pytest.mark.parametrize(
    "url", ["/shots", "/nodes", "/submit", "/healthz", "/nowhere", "/api/v1/shots"]
)
def test_every_answer_carries_the_security_headers(farm, url):
    headers = farm.get(url).headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_another_name_for_this_machine_is_refused(farm):
    assert farm.get("/shots", headers={"Host": "evil.example"}).status_code == 400
    assert farm.get("/shots", headers={"Host": "localhost:8888"}).status_code == 200


def test_the_session_cookie_is_not_for_scripts_or_other_sites(farm):
    farm.add_shot()
    cookie = farm.get("/shots/1").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_every_static_file_of_a_page_is_there_and_kept_for_a_year(farm):
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', farm.text("/shots")))
    assert len(addresses) > 8
    for address in addresses:
        response = farm.get(address.replace("&amp;", "&"))
        assert response.status_code == 200, address
        assert "max-age=31536000" in response.headers["Cache-Control"], address


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_pages_and_style_sheets_travel_compressed(farm, encoding):
    farm.add_shot("long", count=300)
    plain = farm.get("/shots/1")
    packed = farm.get("/shots/1", headers={"Accept-Encoding": encoding})
    assert packed.headers["Content-Encoding"] == encoding
    assert len(packed.data) < len(plain.data) / 5
    style = farm.get("/static/css/pages.css", headers={"Accept-Encoding": "gzip, br"})
    assert style.headers["Content-Encoding"] == "br"


def test_a_page_that_is_not_there_says_so_in_a_page(farm):
    response = farm.get("/nowhere")
    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert "All shots" in response.text


def test_a_method_that_is_not_allowed_names_those_that_are(farm):
    response = farm.client.post("/nodes", data={})
    assert response.status_code in {400, 405}
    assert "GET" in farm.client.delete("/api/v1/shots", json={}).headers["Allow"]


def test_a_failure_of_our_own_is_a_page_without_details(farm, monkeypatch):
    def fail(_page):
        raise RuntimeError("secret detail")

    farm.app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("brender_farm.service.shots.list_shots", fail)
    page = farm.get("/shots")
    assert (page.status_code, page.mimetype) == (500, "text/html")
    assert "secret detail" not in page.text
    assert farm.get("/api/v1/shots").json["status"] == 500


def test_the_header_is_polled_and_tells_what_is_wrong(farm):
    farm.add_node()
    page = farm.text("/shots")
    tag = re.search(r'hx-get="/glance\?tag=([^"]+)"', page)[1]
    assert farm.get(f"/glance?tag={tag}").status_code == 304
    farm.scheduler_passed(trouble="Connection refused.")
    changed = farm.get(f"/glance?tag={tag}")
    assert changed.status_code == 200
    assert "cannot reach the broker" in changed.text


def test_health_is_reported_without_the_pages(farm):
    assert farm.get("/healthz").json["status"] == "ok"
