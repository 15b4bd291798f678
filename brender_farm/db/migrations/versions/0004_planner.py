"""what the planner needs to be fair and to explain itself"""

import sqlalchemy as sa
from alembic import op

from brender_farm.db import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ADDED = {
    "shots": (
        sa.Column("pool", sa.String(40), server_default=sa.text("''"), nullable=False),
        sa.Column("blender", sa.String(20), server_default=sa.text("''"), nullable=False),
        sa.Column("device", sa.String(10), server_default=sa.text("''"), nullable=False),
        sa.Column("limit_names", types.JsonText(), server_default="[]", nullable=False),
        sa.Column("race", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("not_before", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_open", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("held", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("held_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("work_seconds", sa.Double(), server_default="0", nullable=False),
        sa.Column("work_squared", sa.Double(), server_default="0", nullable=False),
        sa.Column("ended_chunks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("opened_scenes", sa.Integer(), server_default="0", nullable=False),
    ),
    "nodes": (
        sa.Column("hours", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("speed", sa.Double(), server_default="1", nullable=False),
    ),
    "chunks": (sa.Column("twin_of", types.BigId(), nullable=True),),
    "farm": (sa.Column("races_after", sa.BigInteger(), server_default="0", nullable=False),),
}


def upgrade() -> None:
    # Never made anew: dropping the old tables would take chunks and frames along.
    for table, columns in _ADDED.items():
        with op.batch_alter_table(table, recreate="never") as batch_op:
            for column in columns:
                batch_op.add_column(column)
    twins = sa.text("twin_of IS NOT NULL")
    op.create_index(
        "ix_chunks_twin_of", "chunks", ["twin_of"], sqlite_where=twins, postgresql_where=twins
    )
    op.execute("UPDATE shots SET work_seconds = render_seconds")
    op.create_table(
        "limits",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_limits")),
    )
    op.create_table(
        "shares",
        sa.Column("submitter", sa.String(100), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("submitter", name=op.f("pk_shares")),
    )
    op.create_table(
        "dependencies",
        sa.Column("shot_id", types.BigId(), nullable=False),
        sa.Column("after_id", types.BigId(), nullable=False),
        sa.Column("by_frame", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shot_id"], ["shots.id"], name=op.f("fk_dependencies_shot_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["after_id"], ["shots.id"], name=op.f("fk_dependencies_after_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shot_id", "after_id", name=op.f("pk_dependencies")),
    )
    op.create_index(op.f("ix_dependencies_after_id"), "dependencies", ["after_id"])


def downgrade() -> None:
    op.drop_table("dependencies")
    op.drop_table("shares")
    op.drop_table("limits")
    op.drop_index("ix_chunks_twin_of", "chunks")
    for table, columns in reversed(_ADDED.items()):
        with op.batch_alter_table(table, recreate="never") as batch_op:
            for column in reversed(columns):
                batch_op.drop_column(column.name)
