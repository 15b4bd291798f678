"""first schema"""

import sqlalchemy as sa
from alembic import op

from brender_farm.db import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('events',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=100), nullable=False),
    sa.Column('subject', sa.String(length=20), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_state', sa.String(length=30), nullable=False),
    sa.Column('to_state', sa.String(length=30), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index('ix_events_subject', ['subject', 'subject_id', 'id'], unique=False)

    op.create_table('farm',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('shots_rev', sa.Integer(), nullable=False),
    sa.Column('nodes_rev', sa.Integer(), nullable=False),
    sa.Column('pass_at', types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('broker_trouble', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_farm'))
    )
    op.create_table('nodes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('intent', types.StateText(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('online', sa.Boolean(), nullable=False),
    sa.Column('accepting', sa.Boolean(), nullable=False),
    sa.Column('boot', sa.String(length=200), nullable=False),
    sa.Column('slots', sa.Integer(), nullable=False),
    sa.Column('trouble', sa.Text(), nullable=False),
    sa.Column('claims', types.JsonText(), nullable=False),
    sa.Column('warm', types.JsonText(), nullable=False),
    sa.Column('facts', types.JsonText(), nullable=False),
    sa.Column('memory_bytes', sa.BigInteger(), nullable=False),
    sa.Column('sample', types.JsonText(), nullable=False),
    sa.Column('first_seen_at', types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_nodes')),
    sa.UniqueConstraint('name', name=op.f('uq_nodes_name')),
    sqlite_autoincrement=True
    )
    op.create_table('shots',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('state', types.StateText(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('submitter', sa.String(length=100), nullable=False),
    sa.Column('created_at', types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('started_at', types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('finished_at', types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('blend', sa.Text(), nullable=False),
    sa.Column('blend_size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('blend_mtime_ns', sa.BigInteger(), nullable=False),
    sa.Column('blend_version', sa.String(length=20), nullable=False),
    sa.Column('scene', sa.String(length=200), nullable=False),
    sa.Column('format', sa.String(length=30), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('size_given', sa.Boolean(), nullable=False),
    sa.Column('output_dir', sa.Text(), nullable=False),
    sa.Column('padding', sa.Integer(), nullable=False),
    sa.Column('existing', sa.String(length=20), nullable=False),
    sa.Column('chunk_size', sa.Integer(), nullable=True),
    sa.Column('warnings', types.JsonText(), nullable=False),
    sa.Column('frames', sa.Text(), nullable=False),
    sa.Column('frame_count', sa.Integer(), nullable=False),
    sa.Column('pending', sa.Text(), nullable=False),
    sa.Column('pending_count', sa.Integer(), nullable=False),
    sa.Column('done_count', sa.Integer(), nullable=False),
    sa.Column('failed_count', sa.Integer(), nullable=False),
    sa.Column('measured_count', sa.Integer(), nullable=False),
    sa.Column('render_seconds', sa.Double(), nullable=False),
    sa.Column('rev', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shots')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('shots', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shots_output_dir'), ['output_dir'], unique=False)
        batch_op.create_index('ix_shots_state', ['state', 'priority'], unique=False)

    op.create_table('chunks',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('node_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', types.StateText(), nullable=False),
    sa.Column('spans', sa.Text(), nullable=False),
    sa.Column('frames', sa.Text(), nullable=False),
    sa.Column('frame_count', sa.Integer(), nullable=False),
    sa.Column('done_count', sa.Integer(), nullable=False),
    sa.Column('failed_count', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('sent_at', types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('started_at', types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('finished_at', types.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['node_id'], ['nodes.id'], name=op.f('fk_chunks_node_id')),
    sa.ForeignKeyConstraint(['shot_id'], ['shots.id'], name=op.f('fk_chunks_shot_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chunks')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('chunks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chunks_node_id'), ['node_id'], unique=False)
        batch_op.create_index('ix_chunks_shot_id', ['shot_id', 'id'], unique=False)
        batch_op.create_index('ix_chunks_state', ['state'], unique=False)

    op.create_table('frames',
    sa.Column('shot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('frame', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('state', types.StateText(), nullable=False),
    sa.Column('chunk_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('seconds', sa.Double(), nullable=True),
    sa.Column('byte_count', sa.BigInteger(), nullable=True),
    sa.Column('digest', sa.String(length=200), nullable=True),
    sa.Column('peak_bytes', sa.BigInteger(), nullable=True),
    sa.Column('at', types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['shot_id'], ['shots.id'], name=op.f('fk_frames_shot_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('shot_id', 'frame', name=op.f('pk_frames'))
    )
    with op.batch_alter_table('frames', schema=None) as batch_op:
        batch_op.create_index('ix_frames_state', ['shot_id', 'state', 'frame'], unique=False)




def downgrade() -> None:

    with op.batch_alter_table('frames', schema=None) as batch_op:
        batch_op.drop_index('ix_frames_state')

    op.drop_table('frames')
    with op.batch_alter_table('chunks', schema=None) as batch_op:
        batch_op.drop_index('ix_chunks_state')
        batch_op.drop_index('ix_chunks_shot_id')
        batch_op.drop_index(batch_op.f('ix_chunks_node_id'))

    op.drop_table('chunks')
    with op.batch_alter_table('shots', schema=None) as batch_op:
        batch_op.drop_index('ix_shots_state')
        batch_op.drop_index(batch_op.f('ix_shots_output_dir'))

    op.drop_table('shots')
    op.drop_table('nodes')
    op.drop_table('farm')
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index('ix_events_subject')

    op.drop_table('events')

