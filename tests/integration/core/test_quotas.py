"""Budgets of vendor accounts: exact under a race, all dimensions or none, given back where they were taken."""

from datetime import UTC, datetime, timedelta

import pytest

from common.errors import Misconfigured, Usage, WaitUntil
from common.quotas import Dimension, Quotas, per_minute, per_sliding_day, per_utc_day
from tests.integration.core.books import Books, racing

FIVE_AT_ONCE = {"at_once": Dimension(kind="concurrency", capacity=5, window_seconds=600)}


@pytest.fixture
def quotas(stopped_clock: Books) -> Quotas:
    """The ledger, with business time standing still."""
    return Quotas(stopped_clock.database)


def _taken_by_eight(quotas: Quotas, dimensions: dict[str, Dimension]) -> int:
    def take(_: int) -> int:
        taken = 0
        for _ in range(12):
            try:
                taken += quotas.reserve("default", "shared", dimensions, units=3).units
            except WaitUntil:
                return taken
        return taken

    return sum(racing(8, take))


@pytest.mark.parametrize(
    "dimensions",
    [
        {"bucket": Dimension(kind="bucket", capacity=100, rate=1)},
        {"minute": per_minute(100)},
        {"day": per_utc_day(100)},
        {"sliding_day": per_sliding_day(100)},
        {"at_once": Dimension(kind="concurrency", capacity=100, window_seconds=600)},
        {
            "day": per_utc_day(100),
            "minute": per_minute(250, cost=2),
            "at_once": Dimension(kind="concurrency", capacity=400),
        },
    ],
    ids=lambda dimensions: "+".join(dimensions),
)
def test_eight_threads_racing_take_exactly_the_capacity(
    quotas: Quotas, dimensions: dict[str, Dimension]
) -> None:
    assert _taken_by_eight(quotas, dimensions) == 100


def test_eight_threads_racing_pass_an_interval_once(quotas: Quotas) -> None:
    assert _taken_by_eight(quotas, {"pace": Dimension(kind="interval", capacity=1, rate=2)}) == 1


def test_a_dimension_that_is_full_leaves_the_others_untouched(quotas: Quotas, stopped_clock: Books) -> None:
    dimensions = {"day": per_utc_day(10), "minute": per_minute(2)}
    quotas.reserve("default", "shared", dimensions, units=2)
    with pytest.raises(WaitUntil) as refused:
        quotas.reserve("default", "shared", dimensions)
    assert refused.value.reason == "quota_minute"
    assert stopped_clock.one("select used from quotas where dimension = 'day'") == 2


def test_until_is_the_moment_at_which_it_is_granted_and_not_before(
    quotas: Quotas, stopped_clock: Books
) -> None:
    dimensions = {"minute": per_minute(2)}
    quotas.reserve("default", "shared", dimensions, units=2)
    with pytest.raises(WaitUntil) as refused:
        quotas.reserve("default", "shared", dimensions)
    assert refused.value.until == datetime(
        2030, 1, 1, 0, 1, 4, tzinfo=UTC
    )  # the bucket of 4 s has left the minute
    stopped_clock.advance_to(refused.value.until - timedelta(milliseconds=1))
    with pytest.raises(WaitUntil):
        quotas.reserve("default", "shared", dimensions)
    stopped_clock.advance_to(refused.value.until)
    assert quotas.reserve("default", "shared", dimensions, units=2).units == 2


def test_the_latest_of_several_full_dimensions_says_until_when(quotas: Quotas) -> None:
    dimensions = {"day": per_utc_day(1), "minute": per_minute(1)}
    quotas.reserve("default", "shared", dimensions)
    with pytest.raises(WaitUntil) as refused:
        quotas.reserve("default", "shared", dimensions)
    assert (refused.value.reason, refused.value.until) == ("quota_day", datetime(2030, 1, 2, tzinfo=UTC))


def test_accounts_and_tenants_do_not_touch_each_other(quotas: Quotas, stopped_clock: Books) -> None:
    stopped_clock.run("insert into tenants (id) values ('acme')")
    for tenant, account in [("default", "one"), ("default", "two"), ("acme", "one")]:
        assert quotas.reserve(tenant, account, {"day": per_utc_day(4)}, units=9).units == 4
    with pytest.raises(WaitUntil):
        quotas.reserve("acme", "one", {"day": per_utc_day(4)})


def test_what_can_never_fit_is_a_mistake_in_the_settings_and_not_a_wait(quotas: Quotas) -> None:
    for dimension in (
        per_utc_day(3),
        Dimension(kind="bucket", capacity=3, rate=1),
        Dimension(kind="interval", capacity=1),
    ):
        with pytest.raises(Misconfigured, match="never fit"):
            quotas.reserve("default", dimension.kind, {"limit": dimension}, units=4, minimum=4)
    with pytest.raises(Usage):
        quotas.reserve("default", "shared", {"day": per_utc_day(3)}, units=1, minimum=2)


def test_a_bucket_that_is_never_refilled_is_a_mistake_once_it_is_empty(quotas: Quotas) -> None:
    bucket = {"credit": Dimension(kind="bucket", capacity=1, rate=0)}
    quotas.reserve("default", "shared", bucket)
    with pytest.raises(Misconfigured):
        quotas.reserve("default", "shared", bucket)


def test_a_hold_is_given_back_by_its_own_grant_only(quotas: Quotas, stopped_clock: Books) -> None:
    first = quotas.reserve("default", "shared", FIVE_AT_ONCE, units=3)
    second = quotas.reserve("default", "shared", FIVE_AT_ONCE, units=9)
    assert second.units == 2
    quotas.refund(first, 1)
    quotas.refund(first, 2)
    quotas.refund(first, 3)  # once too often: nothing of it is left
    assert stopped_clock.one("select sum(amount) from quota_holds") == 2
    assert quotas.reserve("default", "shared", FIVE_AT_ONCE, units=9).units == 3


def test_a_hold_that_nobody_gives_back_ends_by_itself(quotas: Quotas, stopped_clock: Books) -> None:
    quotas.reserve("default", "shared", FIVE_AT_ONCE, units=5)
    with pytest.raises(WaitUntil):
        quotas.reserve("default", "shared", FIVE_AT_ONCE)
    stopped_clock.run(
        "update quota_holds set expires_at = clock_timestamp() - interval '1 ms'"
    )  # as if it were later
    assert quotas.reserve("default", "shared", FIVE_AT_ONCE, units=5).units == 5
    assert stopped_clock.one("select count(*) from quota_holds") == 1


def test_a_refund_after_its_window_does_not_make_room_in_the_next(
    quotas: Quotas, stopped_clock: Books
) -> None:
    day = {"day": per_utc_day(10)}
    yesterday = quotas.reserve("default", "shared", day, units=10)
    stopped_clock.advance(86_400)
    quotas.reserve("default", "shared", day, units=10)
    quotas.refund(yesterday, 10)
    with pytest.raises(WaitUntil):
        quotas.reserve("default", "shared", day)


def test_a_vendors_report_is_taken_when_newer_and_downwards_only(
    quotas: Quotas, stopped_clock: Books
) -> None:
    day = {"day": per_utc_day(100)}
    quotas.reserve("default", "shared", day, units=10)
    used = "select used from quotas"
    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    quotas.report("default", "shared", "day", remaining=95, at=noon)  # ours in flight are not in it yet
    assert stopped_clock.one(used) == 10
    quotas.report("default", "shared", "day", remaining=50, at=noon)  # as old as the last one
    assert stopped_clock.one(used) == 10
    quotas.report("default", "shared", "day", remaining=50, at=noon + timedelta(seconds=1))
    assert stopped_clock.one(used) == 50
    quotas.report("default", "shared", "day", remaining=20, at=noon - timedelta(hours=1))
    assert stopped_clock.one(used) == 50


def test_a_block_holds_no_longer_than_the_vendor_said(quotas: Quotas, stopped_clock: Books) -> None:
    day = {"day": per_utc_day(100)}
    quotas.reserve("default", "shared", day)
    until = stopped_clock.now() + timedelta(seconds=30)
    quotas.report("default", "shared", "day", remaining=90, at=stopped_clock.now(), blocked_until=until)
    with pytest.raises(WaitUntil) as refused:
        quotas.reserve("default", "shared", day)
    assert refused.value.until == until
    stopped_clock.advance_to(until)
    assert quotas.reserve("default", "shared", day, units=90).units == 90


def test_a_report_for_an_account_nobody_has_used_is_no_error(quotas: Quotas, stopped_clock: Books) -> None:
    quotas.report("default", "nobody", "day", remaining=1, at=stopped_clock.now())
    assert stopped_clock.one("select count(*) from quotas") == 0
