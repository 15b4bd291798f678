"""Flower under /flower, where it does not run."""

from __future__ import annotations

from dashboard.flower import content_policy


def test_a_flower_that_is_away_is_said_with_what_to_do(farm):
    response = farm.get("/flower/tasks")
    assert response.status_code == 502
    assert "brender flower" in response.text


def test_what_would_steer_workers_is_not_passed_on(farm):
    for path in ("api/worker/shutdown/x", "api/task/revoke/x", "tasks"):
        assert farm.client.post(f"/flower/{path}").status_code in (400, 405)


def test_only_the_one_script_that_flower_writes_into_its_page_may_run():
    known = content_policy(b"<script>\n  var autorefresh = 1;\n</script>")
    other = content_policy(b"<script>\n  var autorefresh = 1; alert(1);\n</script>")
    assert "'sha256-" in known
    assert "'sha256-" not in other
    assert "script-src 'self';" in other
