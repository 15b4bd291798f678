"""The Celery apps of the farm: queues, and every setting with its reason.

There are three views of one farm: the *scheduler* consumes queue `farm`, each *node* consumes
`node.<name>`, and a *client* (dashboard, CLI, Flower) only publishes. They differ in how they
acknowledge; see docs/architecture.md for the measurements behind the settings.
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from kombu.entity import Exchange, Queue

from brender_farm.broker.calm_events import CalmEvents
from brender_farm.broker.channel import use_farm_channel
from brender_farm.broker.queues import (
    CHECK_NODE,
    FARM_QUEUE,
    FINISH_CHUNKS,
    RENDER_CHUNK,
    REPORT,
    RESTART_BLENDERS,
    STOP_CHUNKS,
    node_queue,
)
from brender_farm.broker.taking import TakingAMQP

__all__ = [
    "CHECK_NODE",
    "FINISH_CHUNKS",
    "RENDER_CHUNK",
    "REPORT",
    "RESTART_BLENDERS",
    "SCHEDULER_HOSTNAME",
    "STOP_CHUNKS",
    "client_app",
    "node_app",
    "node_hostname",
    "scheduler_app",
]

SCHEDULER_HOSTNAME = "scheduler@farm"

_MAX_LINE = 200


def node_hostname(name: str) -> str:
    """Return Celery's name of this node's worker; remote control is addressed by it."""
    return f"node@{name}"


def client_app(broker_url: str, **options: Any) -> Celery:
    """Make an app that only publishes and controls; `options` are Celery's own."""
    use_farm_channel()
    app = Celery("brender", events=CalmEvents, **options)
    app.conf.update(_common(broker_url))
    return app


def node_app(broker_url: str, *, node_name: str) -> Celery:
    """Make a node's app. It acknowledges nothing: the database holds the lease."""
    app = client_app(broker_url, amqp=TakingAMQP)
    app.conf.update(
        task_queues=[_queue(node_queue(node_name))],
        task_acks_late=False,
        broker_transport_options={**_transport(), "takes": True},
    )
    return app


def scheduler_app(broker_url: str) -> Celery:
    """Make the scheduler's app. A report is acknowledged only when it is in the database."""
    app = client_app(broker_url)
    app.conf.update(
        task_queues=[_queue(FARM_QUEUE)],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        broker_transport_options={
            **_transport(),
            "visibility_timeout": 60,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            # The visibility timeout belongs to the keys: shared ones would give the nodes'
            # running tasks this short one.
            "unacked_key": "brender.unacked",
            "unacked_index_key": "brender.unacked_index",
            "unacked_mutex_key": "brender.unacked_mutex",
        },
    )
    return app


def _queue(name: str) -> Queue:
    exchange = Exchange(name, type="direct")
    return Queue(name, exchange, routing_key=name)


def _transport() -> dict[str, Any]:
    # A frozen broker would hang a publisher for ever without these.
    return {
        "socket_timeout": 8,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 10,
    }


def _common(broker_url: str) -> dict[str, Any]:
    return {
        "broker_url": broker_url,
        "broker_transport_options": _transport(),
        "broker_connection_retry_on_startup": True,
        # 100 would make a worker give up after 46 minutes without a broker.
        "broker_connection_max_retries": None,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_prefetch_multiplier": 1,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "result_accept_content": ["json"],
        # "received" tells Flower the same, 0.5 ms cheaper for each chunk.
        "task_send_sent_event": False,
        "worker_send_task_events": True,
        "worker_hijack_root_logger": False,
        "worker_enable_remote_control": True,
        "task_publish_retry": False,
        "task_create_missing_queues": True,
        "enable_utc": True,
        "timezone": "UTC",
    }
