"""nothing is lost"""

import sqlalchemy as sa
from alembic import op

from brender_farm.db import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


# recreate='never': SQLite would else copy the tables, and dropping the old ones deletes the rows that
# refer to them (ON DELETE CASCADE); the copies would lose AUTOINCREMENT as well.


def upgrade() -> None:
    op.create_table('loose_chunks',
    sa.Column('chunk_id', types.BigId(), autoincrement=False, nullable=False),
    sa.Column('node_id', types.BigId(), nullable=False),
    sa.Column('output_dir', sa.Text(), nullable=False),
    sa.Column('since', types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('chunk_id', name=op.f('pk_loose_chunks'))
    )
    with op.batch_alter_table('loose_chunks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_loose_chunks_output_dir'), ['output_dir'], unique=False)

    with op.batch_alter_table('chunks', recreate='never') as batch_op:
        batch_op.add_column(sa.Column('boot', sa.String(length=200), server_default=sa.text("''"), nullable=False))
        batch_op.add_column(sa.Column('fences', types.JsonText(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('ending', sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table('frames', recreate='never') as batch_op:
        batch_op.add_column(sa.Column('failed_on', types.JsonText(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('vanished', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('stale_up_to', sa.BigInteger(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('log_tail', types.CleanText(), server_default=sa.text("''"), nullable=False))
        batch_op.add_column(sa.Column('files', types.JsonText(), server_default='[]', nullable=False))

    with op.batch_alter_table('nodes', recreate='never') as batch_op:
        batch_op.add_column(sa.Column('unwell', types.JsonText(), server_default='{}', nullable=False))
        batch_op.add_column(sa.Column('bans_in_row', sa.Integer(), server_default='0', nullable=False))

    with op.batch_alter_table('shots', recreate='never') as batch_op:
        batch_op.add_column(sa.Column('blend_ctime_ns', sa.BigInteger(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('blend_digest', sa.String(length=200), server_default=sa.text("''"), nullable=False))
        batch_op.add_column(sa.Column('blend_changed', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('halted', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('source_blend', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('frame_limit_s', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('memory_limit_bytes', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('failed_run', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('retries', types.JsonText(), server_default='{}', nullable=False))
        batch_op.add_column(sa.Column('strikes', types.JsonText(), server_default='{}', nullable=False))
        batch_op.add_column(sa.Column('bans', types.JsonText(), server_default='{}', nullable=False))
        batch_op.add_column(sa.Column('audited_at', types.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('audit', types.JsonText(), server_default='{}', nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('shots', recreate='never') as batch_op:
        batch_op.drop_column('audit')
        batch_op.drop_column('audited_at')
        batch_op.drop_column('bans')
        batch_op.drop_column('strikes')
        batch_op.drop_column('retries')
        batch_op.drop_column('failed_run')
        batch_op.drop_column('memory_limit_bytes')
        batch_op.drop_column('frame_limit_s')
        batch_op.drop_column('source_blend')
        batch_op.drop_column('blend_changed')
        batch_op.drop_column('halted')
        batch_op.drop_column('blend_digest')
        batch_op.drop_column('blend_ctime_ns')

    with op.batch_alter_table('nodes', recreate='never') as batch_op:
        batch_op.drop_column('bans_in_row')
        batch_op.drop_column('unwell')

    with op.batch_alter_table('frames', recreate='never') as batch_op:
        batch_op.drop_column('files')
        batch_op.drop_column('log_tail')
        batch_op.drop_column('stale_up_to')
        batch_op.drop_column('vanished')
        batch_op.drop_column('failed_on')

    with op.batch_alter_table('chunks', recreate='never') as batch_op:
        batch_op.drop_column('ending')
        batch_op.drop_column('fences')
        batch_op.drop_column('boot')

    with op.batch_alter_table('loose_chunks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_loose_chunks_output_dir'))

    op.drop_table('loose_chunks')
