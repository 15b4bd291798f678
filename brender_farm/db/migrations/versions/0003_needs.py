"""what a shot needs of a node"""

import sqlalchemy as sa
from alembic import op

from brender_farm.db import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Never made anew: dropping the old table would take chunks and frames along.
    with op.batch_alter_table('shots', recreate='never') as batch_op:
        batch_op.add_column(sa.Column('tags', types.JsonText(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('not_tags', types.JsonText(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('min_memory_bytes', sa.BigInteger(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('max_nodes', sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('shots', recreate='never') as batch_op:
        batch_op.drop_column('max_nodes')
        batch_op.drop_column('min_memory_bytes')
        batch_op.drop_column('not_tags')
        batch_op.drop_column('tags')
