"""A dashboard on a real database, filled as the farm would fill it."""

from __future__ import annotations

import re
import shutil
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import OpenImageIO as OIIO  # noqa: N817
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from brender_farm.config import load_settings
from brender_farm.db.core import db, reading, writing
from brender_farm.db.migrate import upgrade
from brender_farm.db.models import Chunk, Event, Farm, Frame, Node, Shot
from brender_farm.service import sign_ins, tokens, users
from brender_farm.service.sign_ins import Visitor
from dashboard.app import create_app
from dashboard.who import SIGN_IN
from tests.databases import fresh_database_url

DATA = Path(__file__).parents[2] / "data"


class DashboardFarm:
    """A farm's database, folders and a browser (Flask's test client) in front of it."""

    def __init__(self, tmp_path: Path, database_url: str | None = None) -> None:
        self.root = tmp_path / "projects"
        self.root.mkdir()
        self.settings = load_settings(
            {
                "BRENDER_DATA_DIR": str(tmp_path / "data"),
                "BRENDER_DATABASE_URL": database_url or fresh_database_url(tmp_path),
                "BRENDER_ROOTS": str(self.root),
                "BRENDER_BROKER_URL": "redis://127.0.0.1:1/0",  # nothing listens there
            }
        )
        self.app = create_app(self.settings)
        self.client = self.app.test_client()
        with self.app.app_context():
            upgrade()
        self.scheduler_passed()

    @contextmanager
    def writing(self):
        with self.app.app_context(), writing() as session:
            yield session

    def scheduler_passed(self, *, trouble: str = "") -> None:
        with self.writing() as session:
            farm = session.get(Farm, 1)
            farm.pass_at = datetime.now(UTC) + timedelta(hours=1)
            farm.broker_trouble = trouble

    def blend(self, name: str = "tiny.blend") -> Path:
        return Path(shutil.copy(DATA / name, self.root / name))

    def get(self, url: str, **options):
        return self.client.get(url, buffered=True, **options)

    def text(self, url: str) -> str:
        response = self.get(url)
        assert response.status_code == 200, response.text
        return response.text

    def tag(self, url: str) -> str:
        """Return the tag that a page's live part was rendered with."""
        return re.search(r'hx-get="[^"]*/live\?[^"]*tag=([^"&]+)', self.text(url))[1]

    def post(self, url: str, **values: str | list[str]):
        """Send a form with a token, as a page would."""
        self.blend()
        page = self.text(f"/submit?file={self.root / 'tiny.blend'}")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        return self.client.post(url, data=values | {"csrf_token": token})

    def sign_in(self, name: str, role: str = "admin") -> FlaskClient:
        """Return the browser of a user, who is made; the farm has users then."""
        visitor = Visitor(address="127.0.0.1", browser="test")
        with self.app.app_context():
            invited = users.add_user(name, role, actor="test")
            key = sign_ins.choose_password(invited.key, f"the secret of {name}", visitor)
        client = self.app.test_client()
        with client.session_transaction() as session:
            session[SIGN_IN] = key
        return client

    def token(self, name: str, scope: str = "full") -> dict[str, str]:
        """Return the header of a new token of a user."""
        with self.app.app_context():
            made = tokens.add_token(users.find_user(name).id, "test", scope, actor="test")
        return {"Authorization": f"Bearer {made.text}"}

    def contents(self) -> dict[str, list[tuple[object, ...]]]:
        """Return all that is stored, but for when somebody was last seen."""
        with self.app.app_context(), reading() as session:
            found = {}
            for table in db.metadata.sorted_tables:
                columns = [
                    each for each in table.columns if each.name not in ("seen_at", "used_at")
                ]
                rows = session.execute(select(*columns)).all()
                found[table.name] = sorted(tuple(map(repr, row)) for row in rows)
            return found

    def add_node(self, name: str = "atlas", **changes) -> int:
        now = datetime.now(UTC)
        values = {
            "name": name,
            "online": True,
            "accepting": True,
            "boot": "1",
            "slots": 2,
            "claims": [],
            "facts": {
                "hostname": name,
                "os": "Debian GNU/Linux 12",
                "cpu_count": 8,
                "blender_versions": ["4.5.15"],
            },
            "sample": {"cpu_pct": 50.0, "memory_used_bytes": 10**9, "memory_total_bytes": 10**10},
            "first_seen_at": now,
            "last_seen_at": now,
        }
        with self.writing() as session:
            node = Node(**(values | changes))
            session.add(node)
            session.flush()
            session.get(Farm, 1).nodes_rev += 1
            return node.id

    def add_shot(self, name: str = "lantern", *, done: int = 0, count: int = 10, **changes) -> int:
        now = datetime.now(UTC)
        output = self.root / "renders" / name
        values = {
            "name": name,
            "state": "queued",
            "priority": 50,
            "submitter": "mira",
            "created_at": now,
            "blend": str(self.root / "tiny.blend"),
            "blend_size_bytes": 1,
            "blend_mtime_ns": 1,
            "blend_version": "4.5",
            "scene": "Scene",
            "format": "PNG",
            "width": 160,
            "height": 90,
            "output_dir": str(output),
            "existing": "new-version",
            "frames": f"1-{count}",
            "frame_count": count,
            "pending": f"{done}-{count}",
            "pending_count": count - done,
            "done_count": done,
            "measured_count": done,
            "render_seconds": 2.0 * done,
        }
        with self.writing() as session:
            shot = Shot(**(values | changes))
            session.add(shot)
            session.flush()
            for frame in range(1, done + 1):
                session.add(done_frame(shot.id, frame, now))
            session.add(
                Event(
                    at=now,
                    actor="mira",
                    subject="shot",
                    subject_id=shot.id,
                    from_state="",
                    to_state="queued",
                )
            )
            session.get(Farm, 1).shots_rev += 1
            return shot.id

    def add_chunk(self, shot_id: int, node_id: int, **changes) -> int:
        now = datetime.now(UTC)
        values = {"state": "rendering", "spans": "0-4", "frames": "1-4", "frame_count": 4}
        with self.writing() as session:
            chunk = Chunk(
                shot_id=shot_id, node_id=node_id, sent_at=now, started_at=now, **(values | changes)
            )
            session.add(chunk)
            session.flush()
            return chunk.id

    def write_frame(self, name: str, frame: int) -> Path:
        path = self.root / "renders" / name / f"{frame:04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        output = OIIO.ImageOutput.create(str(path))
        output.open(str(path), OIIO.ImageSpec(160, 90, 3, "uint8"))
        output.write_image(np.full((90, 160, 3), 0.5, np.float32))
        output.close()
        return path

    @contextmanager
    def counted_queries(self):
        """Collect the statements that pages wait for meanwhile; transactions' own are left out,
        and so is whether the farm has users."""
        seen: list[str] = []

        def note(_conn, _cursor, statement, *_rest):
            beside = threading.current_thread().name == "forecast"
            known = statement.startswith("SELECT users.id")  # asked every two seconds at most
            if not statement.startswith("BEGIN") and not beside and not known:
                seen.append(statement)

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        yield seen
        event.remove(engine, "before_cursor_execute", note)

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()


def done_frame(shot_id: int, frame: int, at: datetime) -> Frame:
    return Frame(
        shot_id=shot_id,
        frame=frame,
        state="done",
        seconds=2.0,
        byte_count=1000,
        digest=f"{frame:040x}",
        peak_bytes=10**8,
        at=at,
    )


@pytest.fixture
def farm(tmp_path, databases):
    made = DashboardFarm(tmp_path, databases.migrated(tmp_path))
    yield made
    made.close()
