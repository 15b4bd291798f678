"""work done, hour by hour"""

import sqlalchemy as sa
from alembic import op

from brender_farm.db import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_hours",
        sa.Column("at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("node_id", types.BigId(), nullable=False),
        sa.Column("submitter", sa.String(100), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("at", "node_id", "submitter", name=op.f("pk_work_hours")),
    )


def downgrade() -> None:
    op.drop_table("work_hours")
