"""users and their sign-ins and tokens, webhooks, keys of nodes and submissions"""

import sqlalchemy as sa
from alembic import op

from brender_farm.db import types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_EMPTY = sa.text("''")


def upgrade() -> None:
    # Never made anew: dropping the old table would take what refers to it along.
    with op.batch_alter_table("shows", recreate="never") as batch_op:
        batch_op.add_column(
            sa.Column("auto_run", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    _make_users()
    _make_proofs()
    _make_webhooks()
    op.create_table(
        "node_keys",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        _time("created_at"),
        _time("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_node_keys")),
    )
    op.create_table(
        "submit_keys",
        sa.Column("submitter", sa.String(100), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("shot_id", types.BigId(), nullable=False),
        sa.Column("warnings", types.JsonText(), server_default="[]", nullable=False),
        _time("at"),
        sa.ForeignKeyConstraint(
            ["shot_id"], ["shots.id"], name=op.f("fk_submit_keys_shot_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("submitter", "key", name=op.f("pk_submit_keys")),
    )
    op.create_index(op.f("ix_submit_keys_shot_id"), "submit_keys", ["shot_id"])
    op.create_index(op.f("ix_submit_keys_at"), "submit_keys", ["at"])


def _make_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", types.BigId(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password_hash", sa.String(200), server_default=_EMPTY, nullable=False),
        sa.Column("subject", sa.String(400), nullable=True),
        sa.Column("is_enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        _time("created_at"),
        _time("seen_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
        sa.UniqueConstraint("subject", name=op.f("uq_users_subject")),
        sqlite_autoincrement=True,
    )


def _make_proofs() -> None:
    """Make the tables of what proves who a user is."""
    tables = {
        "sign_ins": [
            sa.Column("address", sa.String(100), nullable=False),
            sa.Column("browser", types.CleanText(), nullable=False),
            _time("created_at"),
            _time("seen_at"),
            _time("expires_at"),
        ],
        "tokens": [
            sa.Column("name", types.CleanText(), nullable=False),
            sa.Column("scope", sa.String(20), nullable=False),
            _time("created_at"),
            _time("expires_at", nullable=True),
            _time("used_at", nullable=True),
        ],
        "invitations": [_time("expires_at")],
    }
    for table, columns in tables.items():
        op.create_table(
            table,
            sa.Column("id", types.BigId(), nullable=False),
            sa.Column("user_id", types.BigId(), nullable=False),
            sa.Column("key_hash", sa.String(64), nullable=False),
            *columns,
            sa.ForeignKeyConstraint(
                ["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("key_hash", name=op.f(f"uq_{table}_key_hash")),
            sqlite_autoincrement=True,
        )
        op.create_index(op.f(f"ix_{table}_user_id"), table, ["user_id"])


def _make_webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", types.BigId(), nullable=False),
        sa.Column("name", types.CleanText(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("old_secret", sa.String(200), server_default=_EMPTY, nullable=False),
        _time("old_secret_until", nullable=True),
        sa.Column("topics", types.JsonText(), server_default="[]", nullable=False),
        sa.Column("is_on", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        _time("created_at"),
        sa.Column("after_event", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        _time("next_try_at", nullable=True),
        sa.Column("trouble", types.CleanText(), server_default=_EMPTY, nullable=False),
        _time("told_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", types.BigId(), nullable=False),
        sa.Column("webhook_id", types.BigId(), nullable=False),
        sa.Column("event_id", types.BigId(), nullable=False),
        sa.Column("topic", sa.String(60), nullable=False),
        _time("at"),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("trouble", types.CleanText(), server_default=_EMPTY, nullable=False),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhooks.id"],
            name=op.f("fk_webhook_deliveries_webhook_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_webhook_deliveries_webhook_id"), "webhook_deliveries", ["webhook_id", "id"]
    )


def _time(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, types.UtcDateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    for table in (
        "submit_keys",
        "node_keys",
        "webhook_deliveries",
        "webhooks",
        "invitations",
        "tokens",
        "sign_ins",
        "users",
    ):
        op.drop_table(table)
    with op.batch_alter_table("shows", recreate="never") as batch_op:
        batch_op.drop_column("auto_run")
