"""A write leaves within seconds of the check that allowed it, or not at all."""

import pytest

from common.errors import Retry
from functions.push.fence import LONGEST_PAUSE, Fence


class Watch:
    """Seconds that go by when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def fence(watch: Watch) -> Fence:
    return Fence(300, watch)


def is_let_out(fence: Fence) -> bool:
    """Whether what comes to the fence now may leave."""
    try:
        fence.check()
    except Retry:
        return False
    return True


def test_a_write_leaves_while_its_check_is_fresh(fence: Fence, watch: Watch) -> None:
    fence.open()
    watch.now += LONGEST_PAUSE
    assert is_let_out(fence)


def test_a_worker_that_was_stopped_before_the_socket_sends_nothing(fence: Fence, watch: Watch) -> None:
    fence.open()
    watch.now += LONGEST_PAUSE + 0.001
    with pytest.raises(Retry) as refused:
        fence.check()
    assert refused.value.reason == "paused_too_long"


def test_of_a_short_lease_a_third_is_left_for_the_way_to_the_socket(watch: Watch) -> None:
    fence = Fence(6, watch)
    fence.open()
    watch.now += 2
    assert is_let_out(fence)
    watch.now += 0.001
    assert not is_let_out(fence)


def test_a_new_check_lets_the_next_write_out(fence: Fence, watch: Watch) -> None:
    fence.open()
    watch.now += 2 * LONGEST_PAUSE
    assert not is_let_out(fence)
    fence.open()
    assert is_let_out(fence)


def test_questions_pass_however_long_ago_the_last_write_was(fence: Fence, watch: Watch) -> None:
    assert is_let_out(fence)
    fence.open()
    fence.close()
    watch.now += 1000
    assert is_let_out(fence)
