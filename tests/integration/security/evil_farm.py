"""A farm of which every text tries to become markup, and where all its pages are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from brender_farm.db.models import (
    Event,
    FarmLimit,
    Frame,
    FrameVersion,
    Preset,
    SavedFilter,
    Share,
    Show,
    Subscription,
    Webhook,
    WorkHour,
)
from brender_farm.domain.places import log_path

EVIL = "\"'><img src=x onerror=alert(1)></textarea><svg/onload=alert(2)>{{7*7}}"
SHORT = "'\"><b id=evil>{{7*7}}"
"""For what has room for no more; with a tag of its own to be found by."""
LINK = "javascript:alert(3)"
_RUNS = re.compile(r"\s*(javascript|data|vbscript):", re.IGNORECASE)


def fill(farm) -> None:
    """Put it into every field that holds text, past the checks that would refuse some of it."""
    root, now = farm.root, datetime.now(UTC)
    folder = root / EVIL.replace("/", "|")
    folder.mkdir()
    blend = Path(farm.blend("two_scenes.blend")).rename(folder / f"{SHORT}.blend".replace("/", "|"))
    facts = {
        "hostname": EVIL,
        "os": EVIL,
        "cpu_count": 8,
        "memory_bytes": 2**34,
        "blender_versions": [SHORT],
        "tags": [SHORT],
        "pool": SHORT,
        "gpus": [EVIL, LINK],
        "brender": SHORT,
        "clock_off_s": 300.0,
    }
    usual = {
        "submitter": EVIL,
        "blend": str(blend),
        "source_blend": str(blend),
        "scene": SHORT,
        "blend_version": SHORT[:20],
        "notes": f"{EVIL}\n{LINK}",
        "reason": EVIL,
        "tags": [SHORT],
        "not_tags": [SHORT],
        "pool": SHORT,
        "limit_names": [SHORT],
        "warnings": [EVIL],
        "file_prefix": SHORT,
        "render": {"camera": EVIL, "view_layers": [EVIL], "exr_codec": SHORT},
        "output_dir": str(folder / "renders"),
        "bans": {"1": EVIL},
    }
    node = farm.add_node(
        SHORT, facts=facts, reason=EVIL, trouble=EVIL, warm=[str(blend)], unwell={str(folder): EVIL}
    )
    with farm.writing() as session:
        session.add(
            Show(
                name=EVIL, root=str(folder), root_windows=f"C:\\{SHORT}", notes=EVIL, created_at=now
            )
        )
        session.add(Preset(name=EVIL, settings={"camera": EVIL}))
        session.add(FarmLimit(name=SHORT, slots=1))
        session.add(Share(submitter=EVIL, weight=2.0))
        for owner in ("local", "mira", EVIL):
            session.add(SavedFilter(owner=owner, name=EVIL, query=f"search={EVIL}"))
            session.add(
                Subscription(owner=owner, address=f"jsons://h/{EVIL}", topics=[EVIL], trouble=EVIL)
            )
        session.add(
            Webhook(name=EVIL, url=LINK, secret="x", topics=["completed"], made_by=EVIL,
                    created_at=now, trouble=EVIL)
        )  # fmt: skip
        session.flush()
        session.add(WorkHour(at=now - timedelta(hours=1), submitter=EVIL, node_id=node, show_id=1,
                             done_count=3, failed_count=1, seconds=5.0))  # fmt: skip
    states = ("queued", "rendering", "paused", "failed", "completed", "waiting")
    shots = [farm.add_shot(EVIL, done=2, state=state, show_id=1, **usual) for state in states]
    chunk = farm.add_chunk(shots[1], node, reason=EVIL)
    farm.add_chunk(shots[3], node, reason=EVIL, state="failed", failed_count=1)
    with farm.writing() as session:
        frame = session.get(Frame, (shots[1], 1))
        frame.files, frame.chunk_id = [{"name": EVIL, "byte_count": 1, "digest": "0" * 40}], chunk
        for number in (3, 4):
            session.add(Frame(shot_id=shots[3], frame=number, state="failed", tries=3, at=now,
                              failed_on=[node], reason=f"Error: {EVIL} {LINK}",
                              log_tail=f"Error: {EVIL}\n{LINK}"))  # fmt: skip
        session.add(FrameVersion(shot_id=shots[1], frame=1, digest=SHORT, chunk_id=chunk,
                                 replaced_at=now))  # fmt: skip
        for subject in ("shot", "node", "show", "setting", "preset", "limit"):
            session.add(Event(at=now, actor=EVIL, subject=subject, subject_id=1, from_state=SHORT,
                              to_state=SHORT, reason=f"{EVIL} {LINK} {SHORT}"))  # fmt: skip
    log = log_path(folder / "renders", chunk)
    log.parent.mkdir(parents=True)
    log.write_text(f"12:00:00.000 Error: {EVIL} {LINK}\n")


def pages(farm) -> Iterator[str]:
    """Yield the address of every page, with what would hurt in its parameters as well."""
    blend = next(farm.root.rglob("*.blend"))
    fill_in = {
        "shot_id": "4", "frame": "3", "node_id": "1", "show_id": "1", "preset_id": "1",
        "notice_id": "1", "chunk_id": "1", "webhook_id": "1", "action": "cancel", "kind": "thumb",
        "key": "x", "name": SHORT, "figure": "seconds", "filename": "css/tokens.css",
        "token_id": "1", "user_id": "1", "path": EVIL, "submitter": EVIL,
    }  # fmt: skip
    query = {
        "search": EVIL, "state": EVIL, "sort": EVIL, "frames": EVIL, "source": EVIL, "level": EVIL,
        "file": str(blend), "scene": EVIL, "subject": EVIL, "next": LINK, "a": "1", "b": EVIL,
        "tag": EVIL, "submitter": EVIL, "since": EVIL, "page": EVIL, "reason": EVIL, "days": EVIL,
        "return": LINK, "after": EVIL, "kind": EVIL, "order": EVIL, "query": EVIL,
    }  # fmt: skip
    with farm.app.test_request_context():
        adapter = farm.app.url_map.bind("localhost")
        for rule in farm.app.url_map.iter_rules():
            skipped = rule.endpoint.startswith(("api.", "static", "flower", "openapi"))
            if "GET" not in rule.methods or skipped:
                continue
            values = {name: _fitting(rule, name, fill_in) for name in rule.arguments}
            yield adapter.build(rule.endpoint, values)
            yield adapter.build(rule.endpoint, values | query)
        for shot in range(1, 7):
            for ending in ("", "/live", "/frames/1", "/frames/3", "/edit", "/rerender", "/play"):
                yield f"/shots/{shot}{ending}"
        yield from (
            f"/submit?folder={blend.parent}",
            f"/submit?file={blend}",
            "/compare?shot=2&frame=1&with_shot=4&with_frame=1",
        )


def _fitting(rule: Any, name: str, fill_in: dict[str, str]) -> Any:
    is_number = type(rule._converters[name]).__name__ == "IntegerConverter"
    return int(fill_in.get(name, "1")) if is_number else fill_in.get(name, EVIL)


class Injected(HTMLParser):
    """Finds in a page what no template of ours has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "script" and "src" not in given:
            self.found.append("a script")
        if (given.get("src") or "").strip() == "x" or given.get("id") == "evil":
            self.found.append(f"<{tag}> of the attack")
        for name, value in attributes:
            if name.startswith("on") or name == "style":
                self.found.append(f"{name}= in <{tag}>")
            is_address = name in ("href", "src", "action", "formaction", "hx-get", "hx-post")
            if is_address and _RUNS.match(value or ""):
                self.found.append(f"{name}={value}")


def injected(text: str) -> list[str]:
    """Return what an attack has brought into a page."""
    parser = Injected()
    parser.feed(text)
    return parser.found
