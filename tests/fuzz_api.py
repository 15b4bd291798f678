"""Sends the API requests that its own description allows, and some that it does not.

`python -m tests.fuzz_api --cases 10000` sends so many to a farm of its own in this process, as
nobody and as each role, and tells what was wrong: an answer of 5xx, a status, a type or a body that
the OpenAPI document does not name, a change by somebody without the right to it, or by a GET.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from brender_farm.db.core import db, reading, writing
from brender_farm.domain.roles import Right, Role, Scope, rights_of
from brender_farm.service import recognition, tokens, users
from brender_farm.service.presets import list_presets
from dashboard.rights import PUBLIC, READING, needed
from tests.integration.dashboard.conftest import DashboardFarm

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SENDS_TO_OTHERS = ("notices_test", "webhooks_test", "webhooks_try_now", "doctor_start")
"""Operations that would send messages out of this process, and wait for answers."""
VOLATILE = {"used_at", "seen_at", "pass_at", "shots_rev", "nodes_rev"}
BUSY = 503
MAY_BE_BUSY = ("downloads_frames_zip",)
"""Operations that are refused while others are under way: this client never ends its downloads."""
NOBODY = "nobody"
OTHER = "mira"
ON_AN_OPEN_FARM = "open farm"
AS = (NOBODY, *map(str, Role), ON_AN_OPEN_FARM)


@dataclass(slots=True)
class Report:
    """What was sent, and what was wrong."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)

    def tell(self, operation: str, what: str, how: str) -> None:
        self.wrong.setdefault(f"{operation}: {what}", how)


class FuzzedFarm:
    """A farm with a little of everything, which is put back to what it was after each operation."""

    def __init__(self, folder: Path, *, open_to_all: bool) -> None:
        self.farm = DashboardFarm(folder)
        self.farm.app.config["PROPAGATE_EXCEPTIONS"] = False
        self.tokens: dict[str, str] = {}
        self.blend = str(self.farm.blend())
        self._fill()
        if not open_to_all:
            self._add_users()
        self._kept = self._rows()
        self.schema = schemathesis.openapi.from_wsgi(
            "/api/v1/openapi.json", self._serve, headers=self.headers("viewer")
        )

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer as if the request came from this machine, which a WSGI client does not say."""
        return self.farm.app(environ | {"REMOTE_ADDR": "127.0.0.1"}, start_response)

    def headers(self, who: str) -> dict[str, str]:
        token, plain = self.tokens.get(who), {"Accept-Encoding": "identity"}
        return plain | {"Authorization": f"Bearer {token}"} if token else plain

    def digest(self) -> str:
        """Return a digest of all that is stored, but for when somebody was seen."""
        kept: dict[str, Any] = {
            name: [
                {key: value for key, value in row.items() if key not in VOLATILE} for row in rows
            ]
            for name, rows in self._rows().items()
        }
        return hashlib.sha256(repr(kept).encode()).hexdigest()

    def others_shots(self) -> list[dict[str, Any]]:
        """Return the rows of shots that no role here has submitted."""
        return [row for row in self._rows()["shots"] if row["submitter"] == OTHER]

    def restore(self) -> None:
        with self.farm.app.app_context(), writing() as session:
            for table in reversed(db.metadata.sorted_tables):
                session.execute(table.delete())
            for table in db.metadata.sorted_tables:
                if rows := self._kept[table.name]:
                    session.execute(table.insert(), rows)
            recognition.forget_known()

    def close(self) -> None:
        self.farm.close()

    def _fill(self) -> None:
        farm = self.farm
        nodes = [farm.add_node(name) for name in ("atlas", "bora")]
        farm.add_node("cirrus", online=False)
        for name, state in (("fog", "rendering"), ("rain", "completed"), ("sun", "paused")):
            done = 6 if state == "completed" else 2
            shot_id = farm.add_shot(name, state=state, done=done, count=6, submitter="artist")
            if state == "rendering":
                farm.add_chunk(shot_id, nodes[0], frames="3-6", spans="2-6")
        farm.add_shot("snow", state="queued", done=1, count=6, submitter=OTHER)
        for url, body in (
            ("presets", {"name": "Draft", "settings": {"samples": 8}}),
            ("shows", {"name": "Lantern", "root": str(farm.root)}),
        ):
            assert farm.client.post(f"/api/v1/{url}", json=body).status_code == 201
        assert farm.client.put("/api/v1/limits/nuke", json={"slots": 2}).status_code == 200
        with farm.app.app_context():
            assert list_presets()

    def _add_users(self) -> None:
        with self.farm.app.app_context():
            for role in Role:
                invited = users.add_user(str(role), role, actor="test")
                made = tokens.add_token(invited.user.id, "fuzz", "full", actor="test")
                self.tokens[role] = made.text

    def _rows(self) -> dict[str, list[dict[str, Any]]]:
        with self.farm.app.app_context(), reading() as session:
            return {
                table.name: [
                    dict(row._mapping)
                    for row in session.execute(table.select().order_by(*table.primary_key))
                ]
                for table in db.metadata.sorted_tables
            }


@contextmanager
def fuzzed_farm(*, open_to_all: bool = False) -> Iterator[FuzzedFarm]:
    with tempfile.TemporaryDirectory() as folder:
        made = FuzzedFarm(Path(folder), open_to_all=open_to_all)
        try:
            yield made
        finally:
            made.close()


def fuzz(farm: FuzzedFarm, who: str, *, cases: int, start: int = 0) -> Report:
    """Send about so many requests as somebody, evenly over all operations."""
    report = Report()
    found = [each.ok() for each in farm.schema.get_all_operations()]
    operations = [each for each in found if _name(each) not in SENDS_TO_OTHERS]
    each_has = max(2, -(-cases // len(operations)))
    for operation in operations:
        before, theirs = farm.digest(), farm.others_shots()
        _send_all(farm, operation, who, each_has, start, report)
        if farm.digest() != before:
            _judge_change(operation, who, report)
            is_of_shots = _right(operation) is Right.SHOT
            if who == Role.ARTIST and is_of_shots and farm.others_shots() != theirs:
                report.tell(f"{who} {operation.label}", "changed another's shot", "")
            farm.restore()
    return report


def _send_all(
    farm: FuzzedFarm, operation: Any, who: str, count: int, start: int, report: Report
) -> None:
    valid = operation.as_strategy(GenerationMode.POSITIVE)
    invalid = operation.as_strategy(GenerationMode.NEGATIVE)
    has_invalid = bool(operation.body or operation.query or operation.path_parameters)
    cases = st.one_of(valid, valid, invalid) if has_invalid else valid

    @seed(start)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases, st.randoms(use_true_random=False))
    def send(case: Any, chance: random.Random) -> None:
        _aim(farm, case, chance)
        response = case.call(headers=farm.headers(who))
        report.sent += 1
        report.statuses[response.status_code] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except (Failure, FailureGroup) as failure:
            for each in getattr(failure, "exceptions", [failure]):
                title = f"{getattr(each, 'title', each)} ({response.status_code})"
                report.tell(f"{who} {operation.label}", title, f"{each}\n{case.as_curl_command()}")
        is_busy = response.status_code == BUSY and _name(operation) in MAY_BE_BUSY
        if response.status_code >= 500 and not is_busy:
            report.tell(f"{who} {operation.label}", "failed", case.as_curl_command())
        if response.status_code < 400 and not _may(operation, who):
            report.tell(f"{who} {operation.label}", "let through", case.as_curl_command())

    send()


def _aim(farm: FuzzedFarm, case: Any, chance: random.Random) -> None:
    """Let most requests be about something that there is, and come from whom we say."""
    if case.headers:
        case.headers.pop("Authorization", None)
    if case.cookies:
        case.cookies.clear()
    for name in case.path_parameters or {}:
        if name.endswith("_id") and chance.random() < 0.8:
            case.path_parameters[name] = chance.randint(1, 4)
        elif name == "action" and chance.random() < 0.8:
            case.path_parameters[name] = chance.choice(["pause", "cancel", "resume", "drain"])
        elif name == "frame" and chance.random() < 0.8:
            case.path_parameters[name] = chance.randint(1, 7)
    if isinstance(case.body, dict) and "blend" in case.body and chance.random() < 0.7:
        case.body["blend"] = farm.blend


def _may(operation: Any, who: str) -> bool:
    endpoint = _endpoint(operation)
    if who == ON_AN_OPEN_FARM or endpoint in PUBLIC:
        return True
    right = _right(operation)
    if who == NOBODY or right is None:
        return False
    return right in rights_of(Role(who), Scope.FULL)


def _right(operation: Any) -> Right | None:
    return needed(_endpoint(operation), operation.method.upper())


def _judge_change(operation: Any, who: str, report: Report) -> None:
    if operation.method.upper() in READING:
        report.tell(f"{who} {operation.label}", "reading changed something", "")
    elif not _may(operation, who):
        report.tell(f"{who} {operation.label}", "changed something without the right", "")


def _endpoint(operation: Any) -> str:
    name = _name(operation)
    blueprint, _, function = name.partition("_")
    return f"{blueprint}.{function}" if blueprint == "status" else f"api.{blueprint}.{function}"


def _name(operation: Any) -> str:
    return str(operation.definition.raw["operationId"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000, help="requests in all")
    parser.add_argument("--as", dest="who", choices=AS, help="as one only")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    chosen = [asked.who] if asked.who else list(AS)
    is_wrong = False
    for who in chosen:
        begun_s = time.monotonic()
        with fuzzed_farm(open_to_all=who == ON_AN_OPEN_FARM) as farm:
            report = fuzz(farm, who, cases=asked.cases // len(chosen), start=asked.seed)
        statuses = ", ".join(f"{code}: {n}" for code, n in sorted(report.statuses.items()))
        took_s = time.monotonic() - begun_s
        sys.stdout.write(f"{who}: {report.sent} requests in {took_s:.0f} s ({statuses})\n")
        for title, how in report.wrong.items():
            sys.stdout.write(f"  WRONG {title}\n    {how[:1500]}\n")
        is_wrong = is_wrong or bool(report.wrong)
    return 1 if is_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
