"""The scheduler as a process: a Celery worker on queue `farm`, one task at a time."""

from __future__ import annotations

import gc
import logging
import time
from typing import TYPE_CHECKING, Any

from celery import signals
from celery.exceptions import Reject

from brender_farm.broker.address import broker_url
from brender_farm.broker.board import Board
from brender_farm.broker.commands import lock_down
from brender_farm.broker.figures import FigurePost
from brender_farm.broker.link import connect, wait_for_broker
from brender_farm.broker.queues import FARM_QUEUE
from brender_farm.broker.refusals import refusals
from brender_farm.broker.vitals import SchedulerVitals
from brender_farm.celery_app import REPORT, scheduler_app
from brender_farm.db.core import create_core_app
from brender_farm.db.migrate import upgrade
from brender_farm.errors import MessageRefused
from brender_farm.logs import ship_logs
from brender_farm.scheduler.archivist import Archivist
from brender_farm.scheduler.auditor import Auditor
from brender_farm.scheduler.herald import Herald
from brender_farm.scheduler.meters import Meters
from brender_farm.scheduler.postman import Postman
from brender_farm.scheduler.scheduler import Scheduler
from brender_farm.scheduler.ticker import Ticker
from brender_farm.service.broker_users import UserSync
from brender_farm.service.news import farm_url

if TYPE_CHECKING:
    from celery import Celery

    from brender_farm.config import Settings

RETRY_S = 1.0

log = logging.getLogger(__name__)


def run(settings: Settings) -> None:
    """Run the scheduler until it is told to stop."""
    core = create_core_app(settings)
    with core.app_context():
        upgrade()
    url = wait_for_broker(lambda: broker_url(settings))
    ship_logs("scheduler", lambda: broker_url(settings))
    log.info("The scheduler starts.")
    celery = scheduler_app(url)
    meters = Meters()
    users = UserSync(connect(url), url)
    scheduler = Scheduler(core, celery, Board(connect(url)), meters, users)
    _add_tasks(celery, scheduler)
    lock_down(celery)
    told = connect(url, timeout_s=1.0)
    figures = FigurePost(told, meters.figures)
    ticker = Ticker(scheduler, connect(url), SchedulerVitals(told), figures)
    auditor = Auditor(core, settings.audit)
    archivist = Archivist(core)
    herald = Herald(core, farm_url(settings))
    postman = Postman(core, farm_url(settings), lambda result: meters.count(f"hooks_{result}"))

    def start(**_: Any) -> None:
        gc.freeze()  # what is loaded by now stays: looking at it again took 30 ms now and then
        ticker.start()
        auditor.start()
        archivist.start()
        herald.start()
        postman.start()

    signals.worker_ready.connect(start, weak=False)
    signals.setup_logging.connect(_keep_our_logging, weak=False)
    celery.worker_main(
        [
            "--quiet",
            "worker",
            "--pool=solo",
            f"--queues={FARM_QUEUE}",
            "--hostname=scheduler@farm",
            "--without-gossip",
            "--without-mingle",
            "--heartbeat-interval=10",
        ]
    )
    postman.stop()
    herald.stop()
    archivist.stop()
    auditor.stop()
    ticker.stop()


def _add_tasks(celery: Celery, scheduler: Scheduler) -> None:
    @celery.task(name=REPORT, send_events=False)  # Flower is to show what renders
    def receive(body: dict[str, Any]) -> None:
        try:
            scheduler.receive(body)
        except MessageRefused as error:
            refusals.note("reports", str(error))
        except Exception as error:
            # Celery would drop it; a database that is busy or away must not swallow a report.
            log.exception("A report could not be recorded; it stays in the queue.")
            time.sleep(RETRY_S)
            raise Reject(requeue=True) from error


def _keep_our_logging(**_: Any) -> None:
    """Being connected is what keeps Celery from setting up logging of its own."""
