import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest

from heartport.wechat.places import NoPlace, Places


def test_never_more_than_the_number_are_inside():
    places, lock, inside, most = Places(3), threading.Lock(), [0], [0]

    def visit(_: int) -> None:
        with places.taken(5):
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            time.sleep(0.001)
            with lock:
                inside[0] -= 1

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(visit, range(200)))
    assert (inside[0], most[0]) == (0, 3)


def test_who_finds_no_place_in_time_is_turned_away_and_leaves_the_queue():
    places = Places(1)
    with places.taken(0):
        started = time.monotonic()
        with pytest.raises(NoPlace), places.taken(0.05):
            pass
        assert 0.04 <= time.monotonic() - started <= 0.8
    with places.taken(0):
        pass


def test_an_error_inside_gives_the_place_back():
    places = Places(1)
    for _ in range(3):
        with pytest.raises(KeyError), places.taken(0):
            raise KeyError


def longest_wait(place: Callable[[], AbstractContextManager]) -> float:
    waits = []

    def visit(_: int) -> None:
        started = time.monotonic()
        with place():
            waits.append(time.monotonic() - started)
            time.sleep(0.002)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit, range(200)))
    return max(waits)


def test_nobody_is_passed_by_those_who_come_later():
    places, semaphore = Places(2), threading.Semaphore(2)
    fair, unfair = longest_wait(lambda: places.taken(5)), longest_wait(lambda: semaphore)
    assert fair * 3 < unfair  # The control: behind a semaphore somebody waits almost to the end.


def test_places_survive_visitors_who_give_up_at_the_last_moment():
    places = Places(2)

    def visit(number: int) -> None:
        try:
            with places.taken(0.001):
                time.sleep(0.001 if number % 2 else 0.0009)
        except NoPlace:
            pass

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(visit, range(600)))
    with places.taken(0), places.taken(0), pytest.raises(NoPlace), places.taken(0):
        pass
