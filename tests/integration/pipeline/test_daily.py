"""What Cloud Scheduler starts each day."""

import pytest

from common.errors import Usage
from common.pipeline.daily import flow_to_start, start_daily_run
from tests.support.harness import Pipeline


def test_the_run_of_the_day_is_started_once_however_often_it_is_asked_for(pipeline: Pipeline) -> None:
    first = start_daily_run(pipeline.services, "toy")
    assert start_daily_run(pipeline.services, "toy") == first
    assert pipeline.one("select count(*) from runs") == 1
    pipeline.drive()
    assert pipeline.state(first) == "completed"


def test_the_next_day_has_a_run_of_its_own(pipeline: Pipeline) -> None:
    first = start_daily_run(pipeline.services, "toy")
    pipeline.advance(86_400)
    assert start_daily_run(pipeline.services, "toy") != first


def test_an_empty_call_is_a_sweep_and_another_body_is_refused() -> None:
    assert flow_to_start(b"") is None
    assert flow_to_start(b"{}") is None
    assert flow_to_start(b'{"start": "parts"}') == "parts"
    for body in (b"sweep", b'{"start": 1}'):
        with pytest.raises(Usage):
            flow_to_start(body)
