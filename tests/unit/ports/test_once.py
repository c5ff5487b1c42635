"""A client is built at first use, once, whatever the number of threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from common.once import Once


def test_many_threads_build_one_value() -> None:
    built: list[object] = []
    barrier = Barrier(8)

    def build() -> object:
        built.append(object())
        return built[-1]

    once = Once(build)

    def use(_: int) -> object:
        barrier.wait()
        return once()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(use, range(8)))) == 1
    assert len(built) == 1


def test_a_build_that_failed_is_tried_again() -> None:
    outcomes = iter([ValueError("not yet"), None])

    def build() -> str:
        if error := next(outcomes):
            raise error
        return "built"

    once = Once(build)
    with pytest.raises(ValueError, match="not yet"):
        once()
    assert once() == "built"


def test_what_was_taken_to_be_closed_is_built_anew() -> None:
    once = Once(object)
    assert once.take() is None
    first = once()
    assert once.take() is first
    assert once() is not first
