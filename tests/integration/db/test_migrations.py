from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text

from brender_farm.db.core import create_core_app, db, reading, writing
from brender_farm.db.migrate import upgrade
from brender_farm.db.models import Farm

UPGRADE = """
import sys
from brender_farm.config import settings
from brender_farm.db.core import create_core_app, db
from brender_farm.db.migrate import upgrade
from brender_farm.service.farm import glance
farm = settings()
print("ready", flush=True)
sys.stdin.readline()
with create_core_app(farm).app_context():
    upgrade()
    from brender_farm.db.models import Farm
    print(glance().nodes_total, db.session.get(Farm, 1).key)
"""


def test_an_empty_database_gets_all_that_the_models_have(empty_app):
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, db.metadata) == []
    assert set(inspect(db.engine).get_table_names()) == {
        "alembic_version",
        *db.metadata.tables,
    }


def test_a_farm_gets_its_one_row_and_keeps_it(empty_app):
    upgrade()
    with reading() as session:
        keys = session.scalars(select(Farm.key)).all()
    upgrade()
    with reading() as session:
        assert session.scalars(select(Farm.key)).all() == keys
    assert len(keys) == 1
    assert len(keys[0]) == 32


def test_a_database_that_is_up_to_date_is_left_as_it_is(core_app):
    with writing() as session:
        session.execute(text("UPDATE farm SET shots_rev = 77"))
    upgrade()
    with reading() as session:
        assert session.scalar(select(Farm.shots_rev)) == 77


def test_a_migration_that_fails_leaves_nothing_half_done(empty_app, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("brender_farm.db.migrate.uuid.uuid4", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        upgrade()
    assert inspect(db.engine).get_table_names() == []
    monkeypatch.undo()
    upgrade()
    with reading() as session:
        assert session.scalar(select(Farm.id)) == 1


def test_processes_that_start_at_once_make_one_schema(at_once, empty_farm):
    answers = at_once(UPGRADE, 4)
    assert len(set(answers)) == 1
    app = create_core_app(empty_farm)
    with app.app_context():
        with reading() as session:
            assert answers[0] == f"0 {session.scalar(select(Farm.key))}"
            assert len(session.execute(text("SELECT * FROM alembic_version")).all()) == 1
        db.session.remove()
        db.engine.dispose()
