"""Tokens of which each refresh makes new ones: one refresher at a time, over the real ledger and a real store."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
import requests

from common.errors import Misconfigured, Unavailable, WaitUntil
from common.etsy.account import NAME
from common.etsy.token_endpoint import GrantRefused
from common.quotas import Quotas
from functions.push.etsy.limits import Limits
from functions.push.etsy.refresh_lock import RefreshLock
from tests.integration.etsy.conftest import Desk, MakeDesk
from tests.support.etsy_account import REFRESH_TOKEN

WIDE = Limits(per_second=1_000, per_day=10_000)
Now = Callable[[], datetime]


def test_both_tokens_are_stored_before_they_are_used(desk: Desk) -> None:
    desk.client().drafts()
    stored = desk.account()
    assert stored.refresh_token != REFRESH_TOKEN
    assert desk.client().drafts() == []
    assert desk.account() == stored, "a second client takes what the first has stored"
    assert desk.stand_in.calls()["token"] == 1


def test_a_token_that_etsy_refuses_is_renewed_once_and_the_call_repeated(desk: Desk) -> None:
    client = desk.client()
    client.drafts()
    desk.stand_in.plant("etsy.getListingsByShop", "status", status=401)
    assert client.drafts() == []
    assert desk.stand_in.calls()["token"] == 2


def test_a_new_token_that_is_refused_as_well_is_for_a_person(desk: Desk) -> None:
    client = desk.client()
    desk.stand_in.plant("etsy.getListingsByShop", "status", status=401, times=2)
    with pytest.raises(Misconfigured, match="connect etsy"):
        client.drafts()
    assert desk.stand_in.struck() == [2]


def test_a_token_that_another_worker_has_renewed_is_taken_up_without_a_refresh(desk: Desk) -> None:
    ours, others = desk.client(), desk.client()
    ours.drafts()
    others.drafts()
    desk.stand_in.plant("etsy.getListingsByShop", "status", status=401)
    others.drafts()  # renews
    desk.stand_in.plant("etsy.getListingsByShop", "status", status=401)
    ours.drafts()
    assert desk.stand_in.calls()["token"] == 2


def test_tokens_are_renewed_before_they_run_out(make_desk: MakeDesk) -> None:
    desk = make_desk(token_lifetime=200)  # below what counts as fresh
    client = desk.client()
    client.drafts()
    client.drafts()
    assert desk.stand_in.calls()["token"] >= 2
    assert "refused.getListingsByShop" not in desk.stand_in.calls()


def test_of_many_workers_one_refreshes(desk: Desk, quotas: Quotas, now: Now) -> None:
    def work(_: int) -> str:
        with requests.Session() as session:
            try:
                desk.client(ledger=quotas, now=now, session=session, limits=WIDE).sections()
            except WaitUntil as error:
                return error.reason
        return "done"

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(work, range(6)))
    assert desk.stand_in.calls()["token"] == 1
    assert "done" in outcomes
    assert set(outcomes) <= {"done", "etsy_refresh"}
    assert desk.client(ledger=quotas, now=now, limits=WIDE).drafts() == []


def test_the_right_to_refresh_is_one_workers_in_the_real_ledger(quotas: Quotas) -> None:
    lock, other = RefreshLock(quotas, NAME), RefreshLock(quotas, NAME)
    held = lock.take()
    assert held is not None
    assert other.take() is None
    assert RefreshLock(quotas, "another").take() is not None
    lock.give_back(held)
    assert other.take() is not None


def test_a_worker_that_dies_between_etsy_and_the_store_is_told_of(desk: Desk) -> None:
    """What is lost is lost; the next worker says so and names the way out."""
    desk.stand_in.plant("etsy.token", "drop")
    with pytest.raises(Unavailable):
        desk.client().drafts()
    with pytest.raises(GrantRefused, match=r"never stored.*connect etsy"):
        desk.client().drafts()


def test_a_withdrawn_consent_names_the_next_step(desk: Desk) -> None:
    desk.store("1001.withdrawn")
    with pytest.raises(GrantRefused, match="connect etsy") as raised:
        desk.client().drafts()
    assert raised.value.reason == "etsy_consent"
    assert "never stored" not in str(raised.value)
