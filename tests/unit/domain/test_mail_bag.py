from __future__ import annotations

import random

from brender_farm.domain.mail_bag import GATHER_S, MailBag
from brender_farm.domain.news import News, Topic


def news(event_id: int) -> News:
    return News(event_id=event_id, topic=Topic.COMPLETED, title="", words="", path="")


def numbers(taken):
    return {reader: [each.event_id for each in found] for reader, found in taken.items()}


def test_what_comes_within_a_moment_goes_out_together():
    bag = MailBag()
    bag.add(1, [news(5)], now_s=100)
    bag.add(1, [news(6), news(7)], now_s=100 + GATHER_S - 1)
    assert bag.take_due(100 + GATHER_S - 0.1, most_out=8) == {}
    assert numbers(bag.take_due(100 + GATHER_S, most_out=8)) == {1: [5, 6, 7]}


def test_a_reader_has_one_message_on_its_way_at_a_time():
    bag = MailBag()
    bag.add(1, [news(5)], now_s=0)
    bag.take_due(10, most_out=8)
    bag.add(1, [news(6)], now_s=10)
    assert bag.take_due(99, most_out=8) == {}
    bag.settle(1)
    assert numbers(bag.take_due(99, most_out=8)) == {1: [6]}


def test_the_one_that_waits_longest_is_first_when_there_is_no_room_for_all():
    bag = MailBag()
    bag.add(1, [news(6)], now_s=2)
    bag.add(2, [news(5)], now_s=1)
    assert numbers(bag.take_due(50, most_out=1)) == {2: [5]}
    assert bag.take_due(50, most_out=1) == {}
    bag.settle(2)
    assert numbers(bag.take_due(50, most_out=1)) == {1: [6]}


def test_what_is_put_back_goes_out_before_what_came_since():
    bag = MailBag()
    bag.add(1, [news(5)], now_s=0)
    bag.take_due(10, most_out=8)
    bag.add(1, [news(6)], now_s=10)
    bag.put_back(1, now_s=20)
    assert numbers(bag.take_due(20 + GATHER_S, most_out=8)) == {1: [5, 6]}


def test_all_are_done_with_what_comes_before_the_oldest_that_is_open():
    bag = MailBag()
    assert bag.done_up_to(40) == 40
    bag.add(1, [news(12), news(30)], now_s=0)
    bag.add(2, [news(20)], now_s=0)
    assert bag.done_up_to(40) == 11
    bag.take_due(10, most_out=8)
    assert bag.done_up_to(40) == 11
    bag.settle(1)
    assert bag.done_up_to(40) == 19
    bag.settle(2)
    assert bag.done_up_to(40) == 40


def test_whatever_happens_each_is_told_everything_once_and_in_order():
    dice = random.Random(8)
    bag, told, out = MailBag(), {1: [], 2: [], 3: []}, {}
    put = {reader: [] for reader in told}
    for now_s in range(2000):
        for reader in told:
            if dice.random() < 0.2:
                put[reader].append(now_s)
                bag.add(reader, [news(now_s)], now_s)
        out |= numbers(bag.take_due(now_s, most_out=2))
        assert len(out) <= 2
        for reader in list(out):
            done_before = bag.done_up_to(now_s)
            assert done_before < out[reader][0]
            if dice.random() < 0.3:
                told[reader] += out.pop(reader)
                bag.settle(reader)
            elif dice.random() < 0.2:
                del out[reader]
                bag.put_back(reader, now_s)
    for now_s in range(2000, 2100):
        for reader, found in numbers(bag.take_due(now_s, most_out=9)).items():
            out[reader] = found
        for reader in list(out):
            told[reader] += out.pop(reader)
            bag.settle(reader)
    assert told == put
