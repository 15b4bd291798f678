"""shows, presets, and what the dashboard keeps"""

import sqlalchemy as sa
from alembic import op

from brender_farm.db import types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_EMPTY = sa.text("''")
_ADDED = {
    "shots": (
        sa.Column("show_id", types.BigId(), nullable=True),
        sa.Column("archived", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("notes", types.CleanText(), server_default=_EMPTY, nullable=False),
        sa.Column("file_prefix", sa.String(200), server_default=_EMPTY, nullable=False),
        sa.Column("render", types.JsonText(), server_default="{}", nullable=False),
    ),
    "nodes": (
        sa.Column("set_tags", types.JsonText(), nullable=True),
        sa.Column("restart_asked_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_gone", sa.Boolean(), server_default=sa.false(), nullable=False),
    ),
    "farm": (sa.Column("told_up_to", sa.BigInteger(), nullable=True),),
}


def upgrade() -> None:
    # Never made anew: dropping the old tables would take chunks and frames along.
    for table, columns in _ADDED.items():
        with op.batch_alter_table(table, recreate="never") as batch_op:
            for column in columns:
                batch_op.add_column(column)
    op.create_index(op.f("ix_shots_show_id"), "shots", ["show_id"])
    op.create_index(op.f("ix_shots_archived"), "shots", ["archived", "state"])
    _make_presets_and_shows()
    _make_what_people_keep()
    _make_samples()
    _make_frame_versions()
    op.create_table(
        "settings",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", types.JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    _remake_work_hours(with_show=True)


def _make_presets_and_shows() -> None:
    op.create_table(
        "presets",
        sa.Column("id", types.BigId(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("settings", types.JsonText(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presets")),
        sa.UniqueConstraint("name", name=op.f("uq_presets_name")),
        sqlite_autoincrement=True,
    )
    presets = sa.table(
        "presets", sa.column("name", sa.String()), sa.column("settings", types.JsonText())
    )
    op.bulk_insert(
        presets,
        [
            {"name": "1080p", "settings": {"width": 1920, "height": 1080, "percentage": 100}},
            {"name": "720p", "settings": {"width": 1280, "height": 720, "percentage": 100}},
        ],
    )
    op.create_table(
        "shows",
        sa.Column("id", types.BigId(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("root_linux", sa.Text(), server_default=_EMPTY, nullable=False),
        sa.Column("root_macos", sa.Text(), server_default=_EMPTY, nullable=False),
        sa.Column("root_windows", sa.Text(), server_default=_EMPTY, nullable=False),
        sa.Column("output_pattern", sa.Text(), server_default=_EMPTY, nullable=False),
        sa.Column("preset_id", types.BigId(), nullable=True),
        sa.Column("notes", types.CleanText(), server_default=_EMPTY, nullable=False),
        sa.Column("created_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["preset_id"], ["presets.id"], name=op.f("fk_shows_preset_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows")),
        sa.UniqueConstraint("name", name=op.f("uq_shows_name")),
        sqlite_autoincrement=True,
    )


def _make_what_people_keep() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", types.BigId(), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_saved_filters_owner")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", types.BigId(), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("show_id", types.BigId(), nullable=True),
        sa.Column("mine_only", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("topics", types.JsonText(), server_default="[]", nullable=False),
        sa.Column("after_event", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("trouble", types.CleanText(), server_default=_EMPTY, nullable=False),
        sa.Column("told_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["show_id"], ["shows.id"], name=op.f("fk_subscriptions_show_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sqlite_autoincrement=True,
    )


def _make_samples() -> None:
    figures = ("cpu_pct", "load_1", "net_in_bps", "net_out_bps", "temperature_c", "gpu_pct")
    sizes = ("memory_used_bytes", "disk_free_bytes", "gpu_memory_used_bytes")
    op.create_table(
        "node_samples",
        sa.Column("node_id", types.BigId(), nullable=False),
        sa.Column("step_s", sa.Integer(), nullable=False),
        sa.Column("at", types.UtcDateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Double(), nullable=True) for name in figures),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in sizes),
        sa.Column("busy_slots", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["node_id"], ["nodes.id"], name=op.f("fk_node_samples_node_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("node_id", "step_s", "at", name=op.f("pk_node_samples")),
    )


def _make_frame_versions() -> None:
    op.create_table(
        "frame_versions",
        sa.Column("id", types.BigId(), nullable=False),
        sa.Column("shot_id", types.BigId(), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(200), nullable=False),
        sa.Column("chunk_id", types.BigId(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("byte_count", sa.BigInteger(), nullable=True),
        sa.Column("peak_bytes", sa.BigInteger(), nullable=True),
        sa.Column("replaced_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shot_id"], ["shots.id"], name=op.f("fk_frame_versions_shot_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_versions")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_frame_versions_frame", "frame_versions", ["shot_id", "frame"])


def _remake_work_hours(*, with_show: bool) -> None:
    """Count work by show as well, or no more: a primary key cannot be changed in place."""
    show = (
        [sa.Column("show_id", types.BigId(), server_default="0", nullable=False)]
        if with_show
        else []
    )
    op.rename_table("work_hours", "old_work_hours")
    if op.get_bind().dialect.name == "postgresql":  # there a table's rename leaves its key's name
        op.execute("ALTER INDEX pk_work_hours RENAME TO pk_old_work_hours")
    op.create_table(
        "work_hours",
        sa.Column("at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("node_id", types.BigId(), nullable=False),
        sa.Column("submitter", sa.String(100), nullable=False),
        *show,
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint(
            "at", "node_id", "submitter", *(["show_id"] if with_show else []), name="pk_work_hours"
        ),
    )
    op.execute(
        "INSERT INTO work_hours (at, node_id, submitter, done_count, failed_count, seconds) "
        "SELECT at, node_id, submitter, SUM(done_count), SUM(failed_count), SUM(seconds) "
        "FROM old_work_hours GROUP BY at, node_id, submitter"
    )
    op.drop_table("old_work_hours")


def downgrade() -> None:
    _remake_work_hours(with_show=False)
    for table in (
        "frame_versions",
        "settings",
        "node_samples",
        "subscriptions",
        "saved_filters",
        "shows",
        "presets",
    ):
        op.drop_table(table)
    op.drop_index(op.f("ix_shots_archived"), "shots")
    op.drop_index(op.f("ix_shots_show_id"), "shots")
    for table, columns in reversed(_ADDED.items()):
        with op.batch_alter_table(table, recreate="never") as batch_op:
            for column in reversed(columns):
                batch_op.drop_column(column.name)
