from __future__ import annotations

import threading
import time

from brender_farm.service.lookout import Lookout
from tests.waiting import wait_for


def test_what_was_found_is_told():
    lookout = Lookout("x", lambda: 7, fresh_s=60, stale_s=60)
    lookout.start()
    assert lookout.found(5.0) == 7


def test_what_is_fresh_is_not_looked_at_again():
    looks = []
    lookout = Lookout("x", lambda: looks.append(1) or len(looks), fresh_s=60, stale_s=60)
    lookout.start()
    assert lookout.found(5.0) == 1
    lookout.start()
    assert lookout.found(5.0) == 1


def test_a_look_that_hangs_holds_nobody_up_and_no_second_one_begins():
    let_go, looks = threading.Event(), []

    def look() -> int:
        looks.append(1)
        let_go.wait(30)
        return 7

    lookout = Lookout("x", look, fresh_s=0, stale_s=60)
    began_s = time.monotonic()
    for _ in range(3):
        lookout.start()
        assert lookout.found(0.05) is None
    assert time.monotonic() - began_s < 5
    assert len(looks) == 1
    let_go.set()
    assert wait_for(lambda: lookout.found(0.05), "the look ends") == 7


def test_what_was_found_long_ago_is_not_told_any_more():
    lookout = Lookout("x", lambda: 7, fresh_s=0, stale_s=0)
    lookout.start()
    assert lookout.found(5.0) is None


def test_a_look_that_fails_leaves_what_was_known(caplog):
    answers = [7]
    lookout = Lookout("x", answers.pop, fresh_s=0, stale_s=60)
    lookout.start()
    assert lookout.found(5.0) == 7
    lookout.start()
    wait_for(lambda: "could not be looked at" in caplog.text, "the failure is logged")
    assert lookout.found(5.0) == 7
